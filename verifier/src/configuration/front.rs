//! What stands where users reach their app: Usher's gate, or the app itself.

use std::ops::Range;

use crate::configuration::address::BaseUrl;
use crate::configuration::file::Target;
use crate::configuration::mistake::Mistake;
use crate::configuration::placed::Placed;
use crate::configuration::reading::Reading;
use crate::configuration::ready::Ready;
use crate::configuration::secret::Admin;

/// Where users reach their app.
#[derive(Clone, Debug)]
pub(crate) enum Front {
    /// No gate: the app itself, and what says whether it is there.
    Direct {
        app: BaseUrl,
        ready: Option<Box<Ready>>,
    },
    /// The gate, which says itself who is let in.
    Gate(GateFront),
}

/// A gate, as far as the file knows it.
#[derive(Clone, Debug)]
pub(crate) struct GateFront {
    pub(crate) address: BaseUrl,
    pub(crate) admin: Option<Admin>,
    /// Whether browsers hand the token of a log-in over to the gate for a session.
    pub(crate) session: bool,
}

impl Front {
    pub(crate) fn address(&self) -> &BaseUrl {
        match self {
            Self::Direct { app, .. } => app,
            Self::Gate(gate) => &gate.address,
        }
    }
}

/// What only a gate understands is a mistake where there is none.
pub(super) fn only_with_a_gate<T>(
    reading: &Reading<'_>,
    place: Option<&Placed<T>>,
    what: &str,
) -> Result<(), Mistake> {
    match place {
        None => Ok(()),
        Some(place) => {
            let sentence = format!("{what} is for a gate, and [target] has none");
            let cure = "leave it out, or say `gate` in place of `app` in [target]".to_owned();
            Err(reading.mistake(place, sentence, Some(cure)))
        }
    }
}

/// What `[target]` says of it.
pub(super) fn front_of(
    target: &Target,
    session: Option<&Placed<bool>>,
    ready: Option<(Range<usize>, Ready)>,
    reading: &Reading<'_>,
) -> Result<Front, Mistake> {
    match (&target.gate, &target.app, ready) {
        (Some(gate), None, None) => Ok(Front::Gate(GateFront {
            address: gate.clone(),
            admin: None,
            session: session.is_none_or(|session| session.value),
        })),
        (Some(_), None, Some((span, _))) => {
            let sentence = "[ready] is for a deployment without a gate".to_owned();
            let cure = "leave it out: the gate says itself who is let in".to_owned();
            Err(reading.mistake_at(&span, sentence, Some(cure)))
        }
        (None, Some(app), ready) => Ok(Front::Direct {
            app: app.value.clone(),
            ready: ready.map(|(_, ready)| Box::new(ready)),
        }),
        (Some(_), Some(app), _) => {
            let sentence = "[target] has either `gate` or `app`".to_owned();
            let cure = "leave `app` out: users reach it through the gate".to_owned();
            Err(reading.mistake(app, sentence, Some(cure)))
        }
        (None, None, _) => {
            let target = reading
                .text
                .find("[target]")
                .map_or(0..0, |at| at..at + "[target]".len());
            let sentence = "[target] has neither `gate` nor `app`".to_owned();
            let cure =
                "add `gate = \"https://…\"`, or, without Usher's gate, `app = \"https://…\"`"
                    .to_owned();
            Err(reading.mistake_at(&target, sentence, Some(cure)))
        }
    }
}
