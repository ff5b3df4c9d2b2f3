//! Numbers modulo 2^255 - 19, as far as it takes to tell whether a y of Ed25519 has an x.

/// A number below 2^256, four limbs, the lowest first; not always the smallest of those it is equal to.
type Number = [u64; 4];

const PRIME: Number = [
    0xffff_ffff_ffff_ffed,
    u64::MAX,
    u64::MAX,
    0x7fff_ffff_ffff_ffff,
];

const MINUS_ONE: Number = [PRIME[0] - 1, PRIME[1], PRIME[2], PRIME[3]];

const ONE: Number = [1, 0, 0, 0];

/// The d of the curve (RFC 8032 section 5.1).
const D: Number = [
    0x75eb_4dca_1359_78a3,
    0x0070_0a4d_4141_d8ab,
    0x8cc7_4079_7779_e898,
    0x5203_6cee_2b6f_fe73,
];

/// Whether x^2 = (y^2 - 1) / (d y^2 + 1) has a solution (RFC 8032 section 5.1.3); y is 32 little-endian bytes.
///
/// A fraction is a square exactly if the product of its parts is, and Euler's criterion tells that of a product: its power of
/// (p - 1) / 2 is one. The lower part is never zero.
pub(super) fn has_an_x(y: impl Iterator<Item = u8>) -> bool {
    let mut number = [0; 4];
    for (position, byte) in y.take(32).enumerate() {
        if let Some(limb) = number.get_mut(position / 8) {
            *limb |= u64::from(byte) << (position % 8 * 8);
        }
    }
    let square = product(&number, &number);
    let above = sum(&square, &MINUS_ONE);
    let below = sum(&product(&D, &square), &ONE);
    let power = half_power(&product(&above, &below));
    let power = smallest(power);
    power == ONE || power == [0; 4]
}

/// The power of (p - 1) / 2 = 2^254 - 10, whose bits are 250 ones and then 0110.
fn half_power(base: &Number) -> Number {
    let mut power = ONE;
    for bit in (0..254).rev() {
        power = product(&power, &power);
        if bit >= 4 || bit == 1 || bit == 2 {
            power = product(&power, base);
        }
    }
    power
}

/// What lies above 2^256 comes back times 38, for 2^255 is 19.
fn folded(low: Number, high: [u64; 4]) -> Number {
    let mut carry = 0_u128;
    let mut number = [0; 4];
    for ((place, low), high) in number.iter_mut().zip(low).zip(high) {
        carry += u128::from(low) + u128::from(high) * 38;
        *place = low_half(carry);
        carry >>= 64;
    }
    // At most 38 is left, and after one more round nothing.
    if carry == 0 {
        number
    } else {
        folded(number, [low_half(carry), 0, 0, 0])
    }
}

fn sum(one: &Number, other: &Number) -> Number {
    let mut carry = 0_u128;
    let mut number = [0; 4];
    for ((place, one), other) in number.iter_mut().zip(one).zip(other) {
        carry += u128::from(*one) + u128::from(*other);
        *place = low_half(carry);
        carry >>= 64;
    }
    folded(number, [low_half(carry), 0, 0, 0])
}

fn product(one: &Number, other: &Number) -> Number {
    let mut wide = [0_u64; 8];
    for (position, left) in one.iter().enumerate() {
        let mut carry = 0_u128;
        let places = wide.iter_mut().skip(position);
        // Beyond the other's limbs only the carry is left to be added.
        let limbs = other.iter().chain([&0]);
        for (place, right) in places.zip(limbs) {
            carry += u128::from(*place) + u128::from(*left) * u128::from(*right);
            *place = low_half(carry);
            carry >>= 64;
        }
    }
    let [a, b, c, d, high @ ..] = wide;
    folded([a, b, c, d], high)
}

/// The smallest number that it is equal to.
fn smallest(mut number: Number) -> Number {
    while number.iter().rev().ge(PRIME.iter().rev()) {
        let mut borrowed = false;
        for (place, prime) in number.iter_mut().zip(PRIME) {
            let (less, first) = place.overflowing_sub(prime);
            let (less, second) = less.overflowing_sub(u64::from(borrowed));
            *place = less;
            borrowed = first || second;
        }
    }
    number
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the lower half is what is wanted"
)]
const fn low_half(wide: u128) -> u64 {
    wide as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_round_at_the_prime() {
        assert_eq!(smallest(sum(&MINUS_ONE, &ONE)), [0; 4]);
        assert_eq!(smallest(product(&MINUS_ONE, &MINUS_ONE)), ONE);
        assert_eq!(smallest([u64::MAX; 4]), [37, 0, 0, 0]);
        assert_eq!(
            smallest(product(&[u64::MAX; 4], &[u64::MAX; 4])),
            [37 * 37, 0, 0, 0]
        );
        assert_eq!(smallest(sum(&[u64::MAX; 4], &[u64::MAX; 4])), [74, 0, 0, 0]);
    }

    #[test]
    fn a_square_is_known_by_its_half_power() {
        // The prime is 5 modulo 8: two is no square, minus one is one.
        assert_eq!(smallest(half_power(&[4, 0, 0, 0])), ONE);
        assert_eq!(smallest(half_power(&[2, 0, 0, 0])), MINUS_ONE);
        assert_eq!(smallest(half_power(&MINUS_ONE)), ONE);
    }
}
