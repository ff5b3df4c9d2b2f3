//! Which texts of 32 bytes may be a public key of Ed25519.
//!
//! RFC 8032 leaves two things open that implementations judge differently ("Taming the many `EdDSAs`", Chalkias, Garillot and
//! Nikolaenko, 2020): points of small order, and coordinates written as a number beyond the prime. Here neither is a key.

/// Whether the point is written in its one canonical form (RFC 8032 section 5.1.3) and has not a small order.
pub(crate) fn is_strict(point: &[u8]) -> bool {
    let Some((last, rest)) = point.split_last() else {
        return false;
    };
    // The highest bit is the sign of x; what is left is y. Both points of a y have the same order.
    let y = rest.iter().copied().chain([last & 0x7f]);
    let below_prime = y.clone().rev().lt(PRIME.into_iter().rev());
    below_prime && !SMALL_ORDER.into_iter().any(|small| y.clone().eq(small))
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
        // One below `minus_one`, which is of small order.
        let mut y = PRIME;
        y[0] = 0xeb;
        assert!(is_strict(&y));
        assert!(!is_strict(&[]));
    }
}
