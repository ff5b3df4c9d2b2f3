//! `/.usher/explain`: how the gate would decide about somebody, and from what. No token is needed for that, and none is shown.

use std::rc::Rc;

use policy::contract::explanation::{Explanation, Look};
use policy::door::{Door, Knock};
use policy::foresight::{Outcome, foresee};
use policy::freshness::{Freshness, FreshnessRules, Jitter};
use policy::language::Language;
use policy::sighting::{RawStanding, Sighting};
use policy::storage_key::StorageKey;
use policy::time::{Moment, millis};

use super::given::{Mistake, believed_issuer, identity};
use super::query::Query;
use crate::configuration::AuthoritySetting;
use crate::fetching;
use crate::first_sight::is_news;
use crate::gate::Gate;
use crate::page::Answer;
use crate::sightings::Source;
use crate::survey::{Said, Survey};
use crate::target_uri::TargetUri;

/// Answers with what the gate would decide about the person of the query, at the address of the query or else at this host's root.
pub(super) async fn answer(gate: &Gate<'_>) -> Result<Answer, Mistake> {
    let query = Query::of(gate, &["issuer", "subject", "url"])?;
    let given = |name: &str| {
        let sentence =
            format!("the query has no `{name}`; give issuer and subject, and url if it is not /");
        query.get(name).ok_or(Mistake::Request(sentence))
    };
    let identity = identity(&given("issuer")?, &given("subject")?)?;
    believed_issuer(gate, &identity)?;
    let here = || [gate.incoming.uri().origin(), "/"].concat();
    let uri = address(&query.get("url").unwrap_or_else(here))?;
    let door = gate.configuration.doors.door(uri.host()).map_err(|_| {
        let (url, host) = (uri.as_str(), uri.host());
        Mistake::Request(format!("url is `{url}`: nobody's app is at {host}"))
    })?;
    let knock = Knock { identity, door };

    let place = gate.configuration.place(uri.host(), uri.path());
    let sightings = gate.sightings();
    let survey = sightings.survey(&knock).await;
    let (found, source) = sightings.weigh(&survey);
    let rules = &gate.configuration.rules;
    let foresight = foresee(&knock.identity, found, place, rules, survey.at);
    let language = Language::English;
    let (reason, words) = match foresight.outcome {
        Outcome::LetIn | Outcome::ToAdmin => ("admitted", language.admitted()),
        Outcome::Told(reason) => (reason.code(), reason.words(language)),
    };
    let explanation = Explanation {
        visitor: StorageKey::of(&knock.identity).log_name().to_owned(),
        url: uri.as_str().to_owned(),
        address: match &knock.door {
            Door::Own => None,
            Door::At(address) => Some(address.as_str().to_owned()),
        },
        place: place.name().to_owned(),
        looks: looks(gate, &survey),
        decided_by: source.name().to_owned(),
        admitted: matches!(foresight.outcome, Outcome::LetIn | Outcome::ToAdmin),
        reason: reason.to_owned(),
        rule: foresight.rule.name().to_owned(),
        title: words.title.to_owned(),
        detail: words.detail.to_owned(),
        next: words.next.to_owned(),
        at_first_sight: gate.configuration.first_sight.is_some() && is_news(found),
    };
    Ok(Answer::json(200, &explanation, &gate.incoming.id))
}

/// An address that the gate would judge.
fn address(url: &str) -> Result<TargetUri, Mistake> {
    let mistake = |why: &str| Mistake::Request(format!("url is `{url}`: {why}"));
    web_sys::Url::new(url).map_err(|problem| mistake(&fetching::text(&problem)))?;
    let uri = TargetUri::new(url.to_owned());
    if uri.is_unambiguous() {
        Ok(uri)
    } else {
        Err(mistake(
            "the gate refuses this address to everybody (path_ambiguous)",
        ))
    }
}

fn looks(gate: &Gate<'_>, survey: &Survey) -> Vec<Look> {
    let rules = &gate.configuration.rules.freshness;
    let Survey {
        memory,
        kv,
        authority,
        rests,
        at,
        ..
    } = survey;
    let look = |source: Source, sighting: Option<&Rc<Sighting>>, problem, took| Look {
        store: source.name().to_owned(),
        standing: sighting.map(|sighting| RawStanding::from(&sighting.standing)),
        age_millis: sighting.map(|sighting| millis(at.since(sighting.seen_at))),
        freshness: sighting.map(|sighting| freshness(rules, sighting, *at).to_owned()),
        problem,
        millis: millis(took),
    };
    let remembered = look(Source::Memory, memory.what.as_ref(), None, memory.took);
    let copied = match &kv.what {
        Ok(copy) => look(Source::Kv, copy.as_ref(), is_no_copy(gate), kv.took),
        Err(problem) => look(Source::Kv, None, Some(problem.clone()), kv.took),
    };
    let Said { what, took } = authority;
    let resting = rests.then(|| RESTS.to_owned());
    let answered = match what {
        Ok(sighting) => look(Source::Authority, Some(sighting), resting, *took),
        Err(failure) => look(Source::Authority, None, Some(failure.to_string()), *took),
    };
    vec![remembered, copied, answered]
}

const RESTS: &str = "it failed again and again, so this isolate asks it for nobody for some seconds; it was asked for this explanation only";

fn is_no_copy(gate: &Gate<'_>) -> Option<String> {
    match &gate.configuration.authority {
        AuthoritySetting::ControlPlane(_) | AuthoritySetting::Registry => None,
        AuthoritySetting::Kv => Some("KV is the authority (USHER_AUTHORITY)".to_owned()),
    }
}

fn freshness(rules: &FreshnessRules, sighting: &Sighting, now: Moment) -> &'static str {
    match rules.judge(sighting, Jitter::NONE, now) {
        Freshness::Fresh => "fresh",
        Freshness::Stale => "stale",
        Freshness::TooOld if rules.in_grace(sighting, now) => "grace",
        Freshness::TooOld => "too_old",
    }
}
