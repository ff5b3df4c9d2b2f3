//! How long a fresh workerd takes from its start to the end of its first answer: somebody waits for it whenever there is a new isolate.
//!
//! workerd runs alone here (`alone`), with KV answered from memory by this process, so that nothing but the Worker differs. The
//! visitor's status is in KV, fresh: each Worker loads, fetches the issuer's keys, verifies, reads KV, and passes the request on.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use policy::standing::{Identity, IssuerUrl, Subject};
use policy::storage_key::StorageKey;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use super::BenchError;
use super::alone::{Alone, Parts};
use super::contest::Arena;
use super::load::{self, Asked, Visitors};
use super::seed::{ISSUER, Seed, Who};
use super::upstream::{SMALL, SMALL_BYTES};
use super::variant::Variant;

/// One that was in KV when the gate had been asked, and comes to nobody else.
const WHO: Who = Who::Visitor(3);

const VARIANTS: [Variant; 3] = [Variant::Passthrough, Variant::Jose, Variant::Gate];

/// Milliseconds of each variant, round by round.
pub(super) async fn measure(arena: &mut Arena<'_>) -> Result<Value, BenchError> {
    let store = Store::with(arena)
        .await?
        .start()
        .await
        .map_err(BenchError::Upstream)?;
    let mut starts = Vec::new();
    for variant in VARIANTS {
        starts.push((variant, Fresh::of(variant, arena, store).await?, Vec::new()));
    }
    for round in 0..=arena.effort.rounds {
        let mut order: Vec<_> = starts.iter_mut().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for (_, fresh, millis) in order {
            let took = fresh.first_answer(arena.seed).await?;
            if round > 0 {
                millis.push(took.as_secs_f64() * 1000.0);
            }
        }
    }
    let figures = starts
        .into_iter()
        .map(|(variant, _, millis)| (variant.word().to_owned(), json!(millis)));
    Ok(Value::Object(figures.collect::<Map<_, _>>()))
}

/// What KV holds, by a part of the key.
struct Store {
    /// What `jose` reads.
    status: String,
    /// What the gate reads: a sighting.
    hash: String,
    sighting: Value,
}

impl Store {
    /// The gate's own record is what a gate has written.
    async fn with(arena: &mut Arena<'_>) -> Result<Self, BenchError> {
        let (_, status) = Seed::in_kv(WHO, &arena.upstream.url);
        let key = storage_key().ok_or(BenchError::Gone)?;
        let asked = asked(arena.seed);
        let gate = arena.variant(Variant::Gate).await?;
        load::send(gate.address, &asked, 0, 1)
            .await
            .map_err(BenchError::Load)?;
        // It is written after the answer.
        let mut patience = 200;
        loop {
            let stored = gate.worker.kv_get(key.as_str()).await;
            let stored = stored.map_err(BenchError::Gate)?;
            if let Some(sighting) = stored.and_then(|text| serde_json::from_str(&text).ok()) {
                return Ok(Self {
                    status,
                    hash: key.as_str().trim_start_matches("v1:").to_owned(),
                    sighting,
                });
            }
            patience -= 1;
            if patience == 0 {
                return Err(BenchError::Wrong {
                    variant: Variant::Gate.word(),
                    answer: format!("{key} is not in KV after a visit"),
                });
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Answers as workerd expects it of KV; gives the port.
    async fn start(self) -> io::Result<u16> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let router = Router::new().fallback(kept).with_state(Arc::new(self));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(port)
    }
}

async fn kept(State(store): State<Arc<Store>>, uri: Uri) -> (StatusCode, String) {
    if uri.path().contains(&store.hash) {
        let mut sighting = store.sighting.clone();
        // Seen just now.
        if let Some(seen_at) = sighting.get_mut("seen_at") {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let now = now.unwrap_or_default().as_millis();
            *seen_at = json!(u64::try_from(now).unwrap_or_default());
        }
        (StatusCode::OK, sighting.to_string())
    } else if uri.path().contains("standing") {
        (StatusCode::OK, store.status.clone())
    } else {
        (StatusCode::NOT_FOUND, String::new())
    }
}

fn storage_key() -> Option<StorageKey> {
    Some(StorageKey::of(&Identity {
        issuer: IssuerUrl::new(ISSUER)?,
        subject: Subject::new(&WHO.subject())?,
    }))
}

fn asked(seed: &Seed) -> Asked {
    Asked {
        path: SMALL,
        visitors: Visitors::Known(seed.crowd([WHO].into_iter())),
        status: 200,
        length: Some(SMALL_BYTES),
        patience: Duration::ZERO,
    }
}

/// A Worker that is started anew for each answer.
struct Fresh(Alone);

impl Fresh {
    async fn of(variant: Variant, arena: &Arena<'_>, store: u16) -> Result<Self, BenchError> {
        let parts = Parts {
            build: &variant.build(arena.folder()).await?,
            vars: &variant.vars(arena.seed, arena.upstream),
            store,
            is_inspected: false,
        };
        let folder = arena.folder().join(format!("{}-alone", variant.word()));
        Alone::put(&parts, &folder).map(Self)
    }

    async fn first_answer(&self, seed: &Seed) -> Result<Duration, BenchError> {
        let asked = asked(seed);
        let began = Instant::now();
        let mut child = self.0.start().await?;
        let answered = load::send(self.0.address, &asked, 0, 1).await;
        let took = began.elapsed();
        // It has nothing to finish.
        let _ = child.kill().await;
        answered.map(|_| took).map_err(BenchError::Load)
    }
}
