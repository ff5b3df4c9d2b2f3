//! Which texts of 32 bytes may be a public key of Ed25519.
//!
//! RFC 8032 leaves two things open that implementations judge differently ("Taming the many `EdDSAs`", Chalkias, Garillot and
//! Nikolaenko, 2020): points of small order, and coordinates written as a number beyond the prime. Here neither is a key. Nor is
//! what is no point at all, which `WebCrypto` imports all the same. All of it is public, so how long it takes tells nobody anything.

mod field;

/// Whether the point is written in its one canonical form (RFC 8032 section 5.1.3), has not a small order and is on the curve.
pub(crate) fn is_strict(point: &[u8]) -> bool {
    let Some((last, rest)) = point.split_last() else {
        return false;
    };
    // The highest bit is the sign of x; what is left is y. Both points of a y have the same order.
    let y = rest.iter().copied().chain([last & 0x7f]);
    let below_prime = y.clone().rev().lt(PRIME.into_iter().rev());
    below_prime && !SMALL_ORDER.into_iter().any(|small| y.clone().eq(small)) && field::has_an_x(y)
}

/// 2^255 - 19, little-endian.
const PRIME: [u8; 32] = {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xed;
    bytes[31] = 0x7f;
    bytes
};

/// The y coordinates of all points of order 4, 1, 2 and 8, little-endian (the paper, table 6).
const SMALL_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    {
        let mut minus_one = PRIME;
        minus_one[0] = 0xec;
        minus_one
    },
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_of_small_order_is_no_key_whatever_its_sign() {
        for y in SMALL_ORDER {
            let mut other = y;
            other[31] |= 0x80;
            assert!(!is_strict(&y), "{y:x?}");
            assert!(!is_strict(&other), "{other:x?}");
        }
    }

    #[test]
    fn a_number_beyond_the_prime_is_no_key() {
        for low in 0xed..=0xff {
            let mut y = [0xff; 32];
            y[0] = low;
            assert!(!is_strict(&y), "{low:x}");
        }
        assert!(!is_strict(&[]));
    }

    #[test]
    fn about_half_of_all_numbers_are_a_point() {
        let points = (2..=201).filter(|low| {
            let mut y = [0; 32];
            y[0] = *low;
            is_strict(&y)
        });
        // The order is nearly the prime, and nearly every point has two x: half of the y are left.
        let points = points.count();
        assert!((80..=120).contains(&points), "{points}");
    }

    #[test]
    fn the_keys_of_rfc_8032_are_points() {
        // Section 7.1, tests 1 and 3.
        let keys = [
            [
                0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64,
                0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68,
                0xf7, 0x07, 0x51, 0x1a,
            ],
            [
                0xfc, 0x51, 0xcd, 0x8e, 0x62, 0x18, 0xa1, 0xa3, 0x8d, 0xa4, 0x7e, 0xd0, 0x02, 0x30,
                0xf0, 0x58, 0x08, 0x16, 0xed, 0x13, 0xba, 0x33, 0x03, 0xac, 0x5d, 0xeb, 0x91, 0x15,
                0x48, 0x90, 0x80, 0x25,
            ],
        ];
        assert!(keys.iter().all(|key| is_strict(key)));
    }
}
