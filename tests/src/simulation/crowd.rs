//! Who comes: visitors by Zipf's law, each with a location.

use super::assumptions::Traffic;
use super::chance::Chance;
use super::numbers::float;

/// The visitors of the simulated locations.
#[derive(Debug)]
pub(crate) struct Crowd {
    /// How often the visitors up to each one come together, next to how often everybody does.
    up_to: Vec<f64>,
    locations: usize,
}

impl Crowd {
    /// So many visitors, of whom each stands for as many ranks as the next: the law has no scale of its own, so few ranks of many visitors
    /// are to each other as many are.
    pub(crate) fn new(traffic: &Traffic, visitors: u32, locations: u16) -> Self {
        let n = f64::from(visitors);
        let weight = |rank: u32| libm::pow((f64::from(rank) + 0.5) / n, -traffic.exponent);
        let mean = (0..visitors).map(weight).sum::<f64>() / n;
        let most = mean * traffic.busiest;
        let mut sum = 0.0;
        let up_to = (0..visitors).map(|rank| {
            sum += weight(rank).min(most);
            sum
        });
        let up_to = up_to.collect();
        Self {
            up_to,
            locations: usize::from(locations),
        }
    }

    /// Somebody comes, and at which location.
    pub(crate) fn somebody(&self, away: f64, chance: &mut Chance) -> Option<(u32, u16)> {
        let all = self.up_to.last()?;
        let drawn = chance.share() * all;
        let number = self.up_to.partition_point(|up_to| *up_to <= drawn);
        let home = number % self.locations;
        let location = if chance.happens(away) {
            chance.below(self.locations)
        } else {
            home
        };
        Some((u32::try_from(number).ok()?, u16::try_from(location).ok()?))
    }

    /// The part of all sessions that the busiest hundredth has.
    #[cfg(test)]
    fn part_of_the_busiest_hundredth(&self) -> f64 {
        let hundredth = self.up_to[self.up_to.len() / 100];
        hundredth / self.up_to[self.up_to.len() - 1]
    }
}

/// How many visitors are simulated: everybody of the simulated locations.
pub(crate) fn visitors(all: u64, locations: u64, simulated: u64) -> u32 {
    let visitors = float(all) * float(simulated) / float(locations);
    u32::try_from(super::numbers::whole(visitors)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::assumptions::Assumptions;

    #[test]
    fn a_few_come_often_and_the_law_is_the_same_at_every_size() {
        let traffic = Assumptions::default().traffic;
        let parts = [1_000, 10_000, 100_000]
            .map(|size| Crowd::new(&traffic, size, 2).part_of_the_busiest_hundredth());
        for part in parts {
            assert!((0.2..0.5).contains(&part), "{parts:?}");
        }
        assert!((parts[1] - parts[2]).abs() < 0.05, "{parts:?}");
    }

    #[test]
    fn everybody_has_a_home_and_few_are_away() {
        let traffic = Assumptions::default().traffic;
        let crowd = Crowd::new(&traffic, 1000, 4);
        let mut chance = Chance::new(1);
        let came = (0..10_000).filter_map(|_| crowd.somebody(0.05, &mut chance));
        let away = came.filter(|(number, location)| number % 4 != u32::from(*location));
        assert!((200..600).contains(&away.count()));
    }
}
