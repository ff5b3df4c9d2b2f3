//! Log streams and event streams of Auth0: one of them has to be on, aimed at this deployment, and sending sign-ups.

mod deliveries;
mod judgement;
mod repair;
mod stream;

use crate::configuration::webhooks::{Listing, Streams};
use crate::findings::Opinion;
use crate::webhooks::Scene;
use crate::webhooks::auth0::Asked;
use crate::webhooks::streams::judgement::Judgement;
use crate::webhooks::streams::stream::{Kind, Stream};

/// Looks for the one that carries the sign-ups. Event streams are asked for only where no log stream does.
pub(super) async fn look(scene: &Scene<'_>, streams: &Streams) -> Opinion {
    let mut opinion = Opinion::default();
    let asked = match Asked::of(scene, &streams.tenant).await {
        Ok(asked) => asked,
        Err(unlooked) => {
            opinion.unlooked.push(unlooked);
            return opinion;
        }
    };
    let mut judgement = Judgement {
        scene,
        streams,
        asked: &asked,
        met: Vec::new(),
        is_complete: true,
    };
    for kind in [Kind::Log, Kind::Event] {
        let rows = (asked.rows(&listing(streams, kind).list, kind.plural(), kind.may_read())).await;
        match rows {
            Ok(rows) => {
                let met = rows.iter().filter_map(|row| Stream::of(kind, row));
                judgement.met.extend(met);
            }
            Err(unlooked) => {
                judgement.is_complete = false;
                opinion.unlooked.push(unlooked);
            }
        }
        if judgement.is_right() {
            // Whatever else could not be read, the sign-ups are on their way.
            opinion.unlooked.clear();
            break;
        }
    }
    opinion.causes.extend(judgement.causes());
    for stream in judgement
        .aimed()
        .filter(|stream| stream.kind == Kind::Event)
    {
        opinion = opinion.and(deliveries::look(&judgement, stream).await);
    }
    opinion
}

const fn listing(streams: &Streams, kind: Kind) -> &Listing {
    match kind {
        Kind::Event => &streams.event,
        Kind::Log => &streams.log,
    }
}
