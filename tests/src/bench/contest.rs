//! One kind of request, put to several variants in turns.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::load::{self, Asked, Visitors};
use super::seed::{Seed, VISITORS, Who};
use super::upstream::{self, Upstream};
use super::variant::{Running, Variant};
use super::{BenchError, Effort, checked};

/// What is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Contest {
    /// One visitor whose token and sighting are remembered.
    Admitted,
    /// 10,000 visitors in turn beside one, of a gate that remembers all of them.
    Crowd,
    /// One whose token is over.
    Expired,
    /// No token at all, but in its place.
    Garbage,
    /// 1 MB for one visitor who is remembered.
    Large,
    /// The same as `Admitted`, of the gate with and without what answers when it traps, and of the gate beside itself.
    Recovery,
    /// One whose instance is suspended, remembered.
    Suspended,
    /// Visitors who were never here before.
    Uncached,
}

impl Contest {
    /// Each of them.
    pub const ALL: [Self; 8] = [
        Self::Admitted,
        Self::Recovery,
        Self::Large,
        Self::Expired,
        Self::Garbage,
        Self::Suspended,
        Self::Uncached,
        Self::Crowd,
    ];

    /// Its word in the figures.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Crowd => "crowd",
            Self::Expired => "expired",
            Self::Garbage => "garbage",
            Self::Large => "large",
            Self::Recovery => "recovery",
            Self::Suspended => "suspended",
            Self::Uncached => "uncached",
        }
    }

    /// In a quick run only those that a row is about.
    const fn variants(self, quick: bool) -> &'static [Variant] {
        use Variant as V;
        match self {
            Self::Expired | Self::Garbage | Self::Suspended if quick => &[V::Passthrough, V::Gate],
            Self::Admitted => &[
                V::Passthrough,
                V::Edits,
                V::Gate,
                V::JoseCached,
                V::JoseCachedWatchful,
                V::Jose,
                V::Hono,
                V::GateWithoutLog,
            ],
            Self::Crowd => &[V::GateThatRemembers],
            Self::Expired | Self::Garbage | Self::Suspended => {
                &[V::Passthrough, V::Gate, V::JoseCached]
            }
            Self::Large => &[V::Passthrough, V::Edits, V::Gate, V::JoseCached],
            Self::Recovery => &[V::Gate, V::GateWithoutShim, V::GateTwin],
            Self::Uncached => &[V::Gate, V::JoseCached, V::JoseRegistry],
        }
    }

    const fn who(self) -> Who {
        match self {
            Self::Admitted | Self::Crowd | Self::Large | Self::Recovery | Self::Uncached => {
                Who::Visitor(0)
            }
            Self::Expired => Who::Expired,
            Self::Garbage => Who::Garbage,
            Self::Suspended => Who::Suspended,
        }
    }

    /// How many requests make a round: enough that nanoseconds of accounting and one pause of a garbage collector do not count.
    const fn requests(self, quick: bool) -> usize {
        match (self, quick) {
            (Self::Large, true) => 100,
            (Self::Large, false) => 400,
            (Self::Uncached, true) => 300,
            (Self::Uncached, false) => 700,
            (
                Self::Admitted
                | Self::Crowd
                | Self::Expired
                | Self::Garbage
                | Self::Recovery
                | Self::Suspended,
                true,
            ) => 1000,
            (
                Self::Admitted
                | Self::Crowd
                | Self::Expired
                | Self::Garbage
                | Self::Recovery
                | Self::Suspended,
                false,
            ) => 4000,
        }
    }

    fn asked(self, variant: Variant, visitors: Arc<Vec<HeaderMap>>) -> Asked {
        let refused = variant.is_a_door();
        let (path, status, length) = match self {
            Self::Large => (upstream::LARGE, 200, Some(upstream::LARGE_BYTES)),
            Self::Expired | Self::Garbage if refused => (upstream::SMALL, 401, None),
            Self::Suspended if refused => (upstream::SMALL, 403, None),
            Self::Admitted
            | Self::Crowd
            | Self::Expired
            | Self::Garbage
            | Self::Recovery
            | Self::Suspended
            | Self::Uncached => (upstream::SMALL, 200, Some(upstream::SMALL_BYTES)),
        };
        Asked {
            path,
            visitors: Visitors::Known(visitors),
            status,
            length,
            patience: Duration::ZERO,
        }
    }
}

/// Where they meet: what runs already, and who may come.
pub(super) struct Arena<'a> {
    pub(super) seed: &'a Seed,
    pub(super) upstream: &'a Upstream,
    pub(super) effort: Effort,
    crowd: Option<Arc<Vec<HeaderMap>>>,
    running: BTreeMap<Variant, Running>,
    folder: TempDir,
}

/// One side of a contest.
struct Side {
    name: &'static str,
    variant: Variant,
    asked: Asked,
    /// Requests a round.
    count: usize,
    /// How far the visitors move on from round to round.
    step: usize,
    /// Requests before the first round that counts.
    warm: usize,
    /// Of each round: CPU a request in microseconds, and requests a second.
    micros: Vec<f64>,
    rates: Vec<f64>,
}

impl<'a> Arena<'a> {
    pub(super) fn new(
        seed: &'a Seed,
        upstream: &'a Upstream,
        effort: Effort,
    ) -> Result<Self, BenchError> {
        Ok(Self {
            seed,
            upstream,
            effort,
            crowd: None,
            running: BTreeMap::new(),
            folder: tempfile::tempdir().map_err(BenchError::File)?,
        })
    }

    /// One that runs and answers rightly.
    pub(super) async fn variant(&mut self, variant: Variant) -> Result<&Running, BenchError> {
        if !self.running.contains_key(&variant) {
            let started =
                Running::start(variant, self.folder.path(), self.seed, self.upstream).await?;
            checked::all(&started, self.seed).await?;
            self.running.insert(variant, started);
        }
        self.running.get(&variant).ok_or(BenchError::Gone)
    }

    pub(super) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Takes the figures of one contest. Who begins changes from round to round; the first round warms everything up and does not count.
    pub(super) async fn hold(&mut self, contest: Contest) -> Result<Value, BenchError> {
        let mut sides = self.sides(contest);
        for side in &sides {
            self.variant(side.variant).await?;
        }
        for round in 0..=self.effort.rounds {
            let mut order: Vec<&mut Side> = sides.iter_mut().collect();
            if round % 2 == 1 {
                order.reverse();
            }
            for side in order {
                self.turn(side, round).await?;
            }
        }
        let figures = sides.into_iter().map(|side| {
            let Side {
                micros,
                rates,
                count,
                ..
            } = side;
            let figures = json!({ "requests": count, "micros": micros, "rates": rates });
            (side.name.to_owned(), figures)
        });
        Ok(Value::Object(figures.collect::<Map<_, _>>()))
    }

    async fn turn(&self, side: &mut Side, round: usize) -> Result<(), BenchError> {
        let running = self.running.get(&side.variant).ok_or(BenchError::Gone)?;
        let (first, count) = match round {
            0 => (FIRST_NEW, side.warm),
            _ => (FIRST_NEW + side.warm + (round - 1) * side.step, side.count),
        };
        let before = running.time()?;
        let took = load::send(running.address, &side.asked, first, count).await;
        let took = took.map_err(BenchError::Load)?;
        // What is done after an answer belongs to it.
        tokio::time::sleep(SETTLED).await;
        let ran = running.time()?.saturating_sub(before);
        if round > 0 {
            #[expect(clippy::cast_precision_loss, reason = "thousands of requests")]
            let count = count as f64;
            side.micros.push(ran.as_secs_f64() * 1e6 / count);
            side.rates.push(count / took.as_secs_f64());
        }
        Ok(())
    }

    fn sides(&mut self, contest: Contest) -> Vec<Side> {
        let one = self.seed.crowd([contest.who()].into_iter());
        let many = match contest {
            Contest::Crowd | Contest::Uncached => Some(self.crowd()),
            Contest::Admitted
            | Contest::Expired
            | Contest::Garbage
            | Contest::Large
            | Contest::Recovery
            | Contest::Suspended => None,
        };
        let quick = self.effort.quick;
        let count = contest.requests(quick);
        // Until the compilers of V8 have seen enough.
        let warm = count.max(if quick { WARM_QUICKLY } else { WARM }.min(4 * count));
        let side = |name, variant, visitors, count, step, warm| Side {
            name,
            variant,
            asked: contest.asked(variant, visitors),
            count,
            step,
            warm,
            micros: Vec::new(),
            rates: Vec::new(),
        };
        match (contest, many) {
            (Contest::Crowd, Some(many)) => {
                let gate = Variant::GateThatRemembers;
                vec![
                    side("one", gate, one, count, 0, count),
                    // Everybody came once before it counts, and nobody comes again before everybody else did.
                    side("many", gate, many, count, count, VISITORS),
                ]
            }
            (Contest::Uncached, Some(many)) => {
                // Nobody comes a second time.
                let count = count.min((VISITORS - FIRST_NEW) / (self.effort.rounds + 1));
                (contest.variants(quick).iter())
                    .map(|variant| {
                        side(
                            variant.word(),
                            *variant,
                            Arc::clone(&many),
                            count,
                            count,
                            count,
                        )
                    })
                    .collect()
            }
            (_, _) => (contest.variants(quick).iter())
                .map(|variant| side(variant.word(), *variant, Arc::clone(&one), count, 0, warm))
                .collect(),
        }
    }

    /// Everybody, each with a token of their own: minting them takes seconds, so it is done once.
    fn crowd(&mut self) -> Arc<Vec<HeaderMap>> {
        let seed = self.seed;
        Arc::clone(
            self.crowd
                .get_or_insert_with(|| seed.crowd((0..VISITORS).map(Who::Visitor))),
        )
    }

    /// Stops everything.
    pub(super) async fn close(self) {
        for running in self.running.into_values() {
            running.worker.stop().await;
        }
    }
}

/// The visitors before these may have been here when the variants were checked.
const FIRST_NEW: usize = 10;

/// As many as it takes until what runs often is compiled.
const WARM: usize = 3000;

/// Nearly as many.
const WARM_QUICKLY: usize = 2000;

/// As long as what follows an answer takes.
const SETTLED: Duration = Duration::from_millis(60);
