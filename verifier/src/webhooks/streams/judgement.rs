//! What is wrong with the streams that were met.

use reqwest::Url;

use crate::configuration::webhooks::Streams;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence};
use crate::webhooks::auth0::Asked;
use crate::webhooks::streams::stream::{Kind, Stream};
use crate::webhooks::streams::{listing, repair};
use crate::webhooks::{Scene, missing, shown};

/// What is known so far.
pub(super) struct Judgement<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) streams: &'a Streams,
    pub(super) asked: &'a Asked<'a>,
    pub(super) met: Vec<Stream>,
    /// Whether every stream was met.
    pub(super) is_complete: bool,
}

impl Judgement<'_> {
    /// Whether the sign-ups are on their way.
    pub(super) fn is_right(&self) -> bool {
        self.aimed()
            .any(|stream| stream.is_on() && self.lacks(stream).is_empty())
    }

    /// Those that send to this deployment; where the file names one, that one.
    pub(super) fn aimed(&self) -> impl Iterator<Item = &Stream> {
        let wanted = &self.scene.endpoint;
        let aims = |stream: &&Stream| Url::parse(&stream.endpoint).is_ok_and(|at| at == *wanted);
        self.meant().filter(aims)
    }

    fn meant(&self) -> impl Iterator<Item = &Stream> {
        let named = self.streams.named.as_ref();
        let is_meant = move |stream: &&Stream| named.is_none_or(|named| stream.name == *named);
        self.met.iter().filter(is_meant)
    }

    fn lacks(&self, stream: &Stream) -> Vec<String> {
        stream.lacks(&listing(self.streams, stream.kind).events)
    }

    /// What is wrong, where none of them is right.
    pub(super) fn causes(&self) -> Vec<Cause> {
        if self.is_right() {
            return Vec::new();
        }
        let aimed: Vec<_> = self.aimed().collect();
        // One that sends something else to the same place may be right as it is, where another one is for the sign-ups.
        let for_sign_ups = aimed.iter().filter(|stream| self.lacks(stream).is_empty());
        let for_sign_ups: Vec<_> = for_sign_ups.map(|stream| self.disabled(stream)).collect();
        if !for_sign_ups.is_empty() {
            return for_sign_ups;
        }
        if !aimed.is_empty() {
            let is_off = aimed.iter().filter(|stream| !stream.is_on());
            let off = is_off.map(|stream| self.disabled(stream));
            let out = aimed.iter().map(|stream| self.filtered_out(stream));
            return out.chain(off).collect();
        }
        if let Some(stream) = self.astray() {
            return vec![self.wrong_endpoint(stream)];
        }
        // Nobody says of a list that was not read that something is not in it.
        let missing = self.is_complete.then(|| self.missing());
        missing.into_iter().collect()
    }

    /// The one that seems to be meant for this deployment and sends elsewhere: by its name, or because half of the address is right.
    fn astray(&self) -> Option<&Stream> {
        if self.streams.named.is_some() {
            return self.meant().next();
        }
        let wanted = &self.scene.endpoint;
        let is_like = |stream: &&Stream| {
            Url::parse(&stream.endpoint).is_ok_and(|at| {
                let same_path = at.path() == wanted.path() && at.path() != "/";
                same_path || at.host() == wanted.host()
            })
        };
        self.met
            .iter()
            .filter(is_like)
            .min_by_key(|stream| self.lacks(stream).len())
    }

    fn disabled(&self, stream: &Stream) -> Cause {
        let mut what = format!("its status is `{}`", stream.status);
        if let Some(updated) = &stream.updated {
            what = format!("{what}; it was changed last at {updated}");
        }
        Cause {
            code: Code::WebhookDisabled,
            confidence: Confidence::Certain,
            sentence: format!(
                "{} is off: nobody tells the platform of a sign-up",
                stream.called()
            ),
            evidence: vec![Evidence::new(what, self.place_of(stream))],
            fix: repair::switch_on(self.asked, stream),
        }
    }

    fn filtered_out(&self, stream: &Stream) -> Cause {
        let lacking = self.lacks(stream);
        let sent = stream.sent.as_deref().unwrap_or_default();
        let sent = if sent.is_empty() {
            "it sends nothing".to_owned()
        } else {
            format!("it sends `{}`", sent.join("`, `"))
        };
        let what = format!("{sent}; not `{}`", lacking.join("`, `"));
        Cause {
            code: Code::WebhookFiltersOut,
            confidence: Confidence::Certain,
            sentence: format!("{} does not send sign-ups", stream.called()),
            evidence: vec![Evidence::new(what, self.place_of(stream))],
            fix: repair::let_through(self.asked, stream, &lacking),
        }
    }

    fn wrong_endpoint(&self, stream: &Stream) -> Cause {
        let what = format!(
            "it sends to {}, and this deployment takes sign-ups at {}",
            shown(&stream.endpoint),
            shown(self.scene.endpoint.as_str())
        );
        let is_named = self.streams.named.is_some();
        Cause {
            code: Code::WebhookWrongEndpoint,
            confidence: if is_named {
                Confidence::Certain
            } else {
                Confidence::Likely
            },
            sentence: format!("{} sends sign-ups to another place", stream.called()),
            evidence: vec![Evidence::new(what, self.place_of(stream))],
            fix: repair::aim(self.asked, stream, &self.scene.endpoint),
        }
    }

    fn missing(&self) -> Cause {
        let count = |kind: Kind| self.met.iter().filter(|stream| stream.kind == kind).count();
        let mut evidence = vec![Evidence::new(
            format!(
                "{} log streams and {} event streams send by HTTP, none of them to {}",
                count(Kind::Log),
                count(Kind::Event),
                shown(self.scene.endpoint.as_str())
            ),
            format!("{}/api/v2/", self.asked.address),
        )];
        evidence.extend(self.met.iter().take(MOST_SHOWN).map(|stream| {
            let what = format!("{} sends to {}", stream.called(), shown(&stream.endpoint));
            Evidence::new(what, self.place_of(stream))
        }));
        let what = match &self.streams.named {
            Some(named) => format!("there is no stream `{named}` that sends by HTTP"),
            None => "no stream sends to this deployment".to_owned(),
        };
        missing(
            format!("{what}: nobody tells the platform of a sign-up"),
            evidence,
            repair::make(
                self.asked,
                &self.scene.webhook.name,
                &self.scene.endpoint,
                &self.streams.log.events,
            ),
        )
    }

    pub(super) fn place_of(&self, stream: &Stream) -> String {
        let Stream { kind, id, .. } = stream;
        format!("{}/api/v2/{}/{id}", self.asked.address, kind.segment())
    }
}

const MOST_SHOWN: usize = 5;
