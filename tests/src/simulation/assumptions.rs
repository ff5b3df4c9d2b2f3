//! What is assumed of visitors and of the platform. Everything that is not the gate's own rule is here, and docs/scale.md says it.

use std::time::Duration;

use policy::freshness::FreshnessRules;

/// How many visitors there are, and from how many of Cloudflare's locations they come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Size {
    /// Everybody who has an instance.
    pub visitors: u64,
    /// Locations their requests come in at, each with as many visitors as the next.
    pub locations: u64,
}

impl Size {
    /// The sizes of docs/scale.md. Cloudflare names 330 cities and more; few visitors live in few of them.
    pub const ALL: [Self; 6] = [
        Self::new(1_000, 4),
        Self::new(10_000, 10),
        Self::new(100_000, 30),
        Self::new(1_000_000, 100),
        Self::new(10_000_000, 200),
        Self::new(100_000_000, 300),
    ];

    /// The size at which settings are compared.
    pub const COMPARED: Self = Self::new(100_000, 30);

    /// So many visitors, from as many locations as the next size of docs/scale.md.
    pub fn of(visitors: u64) -> Self {
        let next = Self::ALL.into_iter().find(|size| visitors <= size.visitors);
        let [.., largest] = Self::ALL;
        Self {
            visitors,
            ..next.unwrap_or(largest)
        }
    }

    const fn new(visitors: u64, locations: u64) -> Self {
        Self {
            visitors,
            locations,
        }
    }
}

/// Everything that is assumed.
#[derive(Clone, Debug)]
pub struct Assumptions {
    /// The gate's own defaults, unless something else is tried.
    pub freshness: FreshnessRules,
    /// What visitors do.
    pub traffic: Traffic,
    /// What the platform does.
    pub platform: Platform,
    /// How often an unchanged copy in KV is written anew, where it is not as the gate's rules have it: no setting, but what it costs and
    /// gives is asked for.
    pub kv_rewrite: Option<Duration>,
    /// How much is simulated before the rest is extrapolated.
    pub effort: Effort,
}

/// What visitors do.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// Sessions a day of the average visitor.
    pub sessions_a_day: f64,
    /// Views of a session on average; how many there are, chance decides anew after each one.
    pub views: f64,
    /// From one view to the next on average, by chance.
    pub between_views: Duration,
    /// Requests of a view.
    pub requests: u64,
    /// From one request of a view to the next.
    pub between_requests: Duration,
    /// Zipf's exponent: how often the visitor of rank `r` comes is proportional to `r` to the power of minus this.
    pub exponent: f64,
    /// Nobody comes more often than this many times the average: not even a program is half of all traffic.
    pub busiest: f64,
    /// The part of sessions that does not come in at the visitor's own location.
    pub away: f64,
    /// The part of sessions that begins with a log-in; the others go on with a token of an earlier one.
    pub log_ins: f64,
}

/// What the platform does, as far as its documentation says, and else what is bad for the gate.
#[derive(Clone, Debug)]
pub struct Platform {
    /// Isolates of a location, however little comes in there.
    pub isolates_at_least: u64,
    /// One more for each so many requests a second.
    pub requests_an_isolate: f64,
    /// How long an isolate lives on average, by chance (deployments, memory, load).
    pub isolate_lives: Duration,
    /// An isolate that nobody asks for so long is gone.
    pub isolate_waits: Duration,
    /// A change of KV is visible at another location after this time at most, by chance, and then after what that location has in its
    /// cache has become too old.
    pub kv_arrives: Duration,
    /// For how long a location goes on giving what it has read of KV (`READ_CACHE_SECONDS` of the gate's `store.rs`).
    pub kv_cache: Duration,
    /// Milliseconds of CPU of a request that memory alone answers.
    pub cpu_from_memory: f64,
    /// And of any other.
    pub cpu_otherwise: f64,
    /// How much busier the busiest hour is than the average one.
    pub peak: f64,
}

/// How much is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Requests from which the costs of a month are extrapolated.
    pub requests: u64,
    /// Instances that are suspended while their visitor is there.
    pub suspensions: u64,
    /// Requests during outages.
    pub in_outages: u64,
    /// Requests a second of everything that is simulated at once; where there are more, some of the locations are.
    pub at_once: f64,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            freshness: FreshnessRules::default(),
            kv_rewrite: None,
            traffic: Traffic {
                sessions_a_day: 0.6,
                views: 20.0,
                between_views: Duration::from_secs(40),
                requests: 4,
                between_requests: Duration::from_millis(150),
                exponent: 0.8,
                busiest: 100.0,
                away: 0.05,
                log_ins: 0.25,
            },
            platform: Platform {
                isolates_at_least: 2,
                requests_an_isolate: 25.0,
                isolate_lives: Duration::from_hours(1),
                isolate_waits: Duration::from_mins(10),
                kv_arrives: Duration::from_mins(1),
                kv_cache: Duration::from_secs(30),
                cpu_from_memory: 0.5,
                cpu_otherwise: 1.5,
                peak: 3.0,
            },
            effort: Effort {
                requests: 100_000,
                suspensions: 600,
                in_outages: 40_000,
                at_once: 110.0,
            },
        }
    }
}

impl Traffic {
    /// Requests of the average session.
    pub(crate) fn requests_a_session(&self) -> f64 {
        self.views * super::numbers::float(self.requests)
    }

    /// How long the average session lasts.
    pub(crate) fn session_lasts(&self) -> Duration {
        self.between_views.mul_f64(self.views)
    }
}
