//! The same thing measured again and again.

/// What one side took in each round, in the order of the rounds.
#[derive(Debug)]
pub(super) struct Times(Vec<f64>);

impl Times {
    pub(super) fn of(times: Vec<f64>) -> Option<Self> {
        (!times.is_empty()).then_some(Self(times))
    }

    /// The least is what the machine disturbed least.
    pub(super) fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::min)
    }

    pub(super) fn most(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::max)
    }

    pub(super) fn rounds(&self) -> usize {
        self.0.len()
    }

    pub(super) fn median(&self) -> f64 {
        let mut ordered = self.0.clone();
        ordered.sort_by(f64::total_cmp);
        ordered.get(ordered.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// Each divided by what another side took in the same round, which had the same neighbours on the machine.
    pub(super) fn against(&self, other: &Self) -> Self {
        let ratios = self.0.iter().zip(&other.0).map(|(own, other)| own / other);
        Self(ratios.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_the_most_and_the_median_do_not_depend_on_the_order() {
        let times = Times::of(vec![3.0, 1.0, 2.0]).unwrap();
        assert_eq!(
            [times.least(), times.median(), times.most()].map(f64::to_bits),
            [1.0, 2.0, 3.0].map(f64::to_bits)
        );
        assert!(Times::of(Vec::new()).is_none());
    }

    #[test]
    fn rounds_are_compared_each_with_its_own() {
        let (own, other) = (Times(vec![2.0, 9.0]), Times(vec![1.0, 3.0]));
        let ratios = own.against(&other);
        assert!((ratios.least() - 2.0).abs() < 1e-9 && (ratios.most() - 3.0).abs() < 1e-9);
    }
}
