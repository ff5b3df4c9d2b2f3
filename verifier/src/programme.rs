//! `--scenario NAME…`: which stories a run plays, and which it cannot.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::configuration::Configuration;
use crate::scenario::Scenario;

/// One word of `--scenario`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wanted {
    /// Every story that the configuration can tell.
    All,
    One(Scenario),
}

impl ValueEnum for Wanted {
    fn value_variants<'a>() -> &'a [Self] {
        const { &every_word() }
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::All => Some(
                PossibleValue::new("all")
                    .help("Every one of these that the configuration can tell; the others are reported as skipped"),
            ),
            Self::One(scenario) => scenario.to_possible_value(),
        }
    }
}

/// `all`, and the name of every story.
const fn every_word() -> [Wanted; Scenario::ALL.len() + 1] {
    let mut words = [Wanted::All; Scenario::ALL.len() + 1];
    let (mut stories, mut rest) = (Scenario::ALL.as_slice(), words.as_mut_slice());
    while let ([word, others @ ..], [story, further @ ..]) = (rest, stories) {
        *word = Wanted::One(*story);
        (rest, stories) = (others, further);
    }
    words
}

/// What a run plays.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Programme {
    /// The stories, each once.
    pub(crate) played: Vec<Scenario>,
    /// The stories that nobody asked for by name and the configuration cannot tell, and what it lacks.
    pub(crate) skipped: Vec<(Scenario, &'static str)>,
}

impl Programme {
    /// Whoever asks for a story by its name has to have what it needs; `all` takes what there is.
    pub(crate) fn of(
        wanted: &[Wanted],
        configuration: &Configuration,
        allows_bootstrap: bool,
    ) -> Result<Self, (Scenario, &'static str)> {
        let mut programme = Self {
            played: Vec::new(),
            skipped: Vec::new(),
        };
        let is_named = |scenario: &Scenario| wanted.contains(&Wanted::One(*scenario));
        for scenario in Scenario::ALL {
            let is_wanted = is_named(&scenario) || wanted.contains(&Wanted::All);
            let asks_leave = scenario == Scenario::Bootstrap && !allows_bootstrap;
            let lacks = scenario.lacks(configuration);
            let lacks = lacks.or(asks_leave.then_some(LEAVE));
            match lacks.filter(|_| is_wanted) {
                Some(what) if is_named(&scenario) => return Err((scenario, what)),
                Some(what) => programme.skipped.push((scenario, what)),
                None if is_wanted => programme.played.push(scenario),
                None => {}
            }
        }
        Ok(programme)
    }

    /// Leaves a story out after all, unless somebody asked for it by name.
    pub(crate) fn skip(
        &mut self,
        scenario: Scenario,
        wanted: &[Wanted],
        why: &'static str,
    ) -> Result<(), (Scenario, &'static str)> {
        if !self.played.contains(&scenario) {
            return Ok(());
        }
        if wanted.contains(&Wanted::One(scenario)) {
            return Err((scenario, why));
        }
        self.played.retain(|played| *played != scenario);
        self.skipped.push((scenario, why));
        Ok(())
    }

    /// How many stories the report tells of.
    pub(crate) const fn len(&self) -> usize {
        self.played.len() + self.skipped.len()
    }
}

const LEAVE: &str = "--allow-bootstrap: it makes the platform's first owner and removes them again, so it is for a platform that is thrown away";
