//! What a token says of its bearer, line by line. Each rule is that of `policy::claims`.

use policy::claims::{Claims, Payload, judge_end, judge_start};
use policy::issuer::{ClaimNames, Issuer};
use policy::refusal::Refusal;
use policy::time::Moment;

use crate::outcome::Outcome;
use crate::tokens::explanation::{Line, Topic};
use crate::tokens::words::{list, masked_email, shortened, shown, span, utc};

/// What claims are looked at with.
pub(crate) struct Bearer<'a> {
    /// Whose token it is; none if no such issuer is known.
    pub(crate) issuer: Option<&'a Issuer>,
    /// Whether only keys are known, so that no claim is judged.
    pub(crate) keys_alone: bool,
    pub(crate) now: Moment,
}

impl Bearer<'_> {
    pub(crate) fn lines(&self, payload: &Result<Payload, Refusal>) -> Vec<Line> {
        let usual = ClaimNames::default();
        let names = self.issuer.map_or(&usual, |issuer| &issuer.claims);
        let claims = payload
            .as_ref()
            .map_err(Refusal::clone)
            .and_then(|payload| payload.claims(names));
        match claims {
            Err(refusal) => {
                let outcome = self.judged(&Err(refusal.clone()));
                vec![Line::new(Topic::Claims, outcome, refusal.to_string())]
            }
            Ok(claims) => {
                let mut lines = self.addressee(&claims);
                lines.extend(self.times(&claims));
                let subject = shortened(claims.subject.as_str());
                let says = format!("{subject}, from `{}`", names.subject);
                lines.push(Line::new(Topic::Subject, self.judged(&Ok(())), says));
                lines.extend(claims.email.iter().map(|email| {
                    let says = masked_email(email.as_str());
                    Line::new(Topic::Email, self.judged(&Ok(())), says)
                }));
                lines
            }
        }
    }

    fn judged(&self, verdict: &Result<(), Refusal>) -> Outcome {
        match verdict {
            _ if self.keys_alone => Outcome::Skipped,
            Ok(()) => Outcome::Passed,
            Err(_) => Outcome::Failed,
        }
    }

    fn addressee(&self, claims: &Claims) -> Vec<Line> {
        let found = claims.audiences.as_ref().map_or("none".to_owned(), list);
        let party = claims
            .authorized_party
            .as_ref()
            .map_or("none".to_owned(), |party| shown(party, 40));
        let Some(issuer) = self.issuer.filter(|_| !self.keys_alone) else {
            let says = format!("{found}, not judged");
            return vec![Line::new(Topic::Audience, Outcome::Skipped, says)];
        };
        let expected = |texts: &[String]| {
            if texts.is_empty() {
                "none".to_owned()
            } else {
                list(texts)
            }
        };
        let judged = claims.judge_addressee(issuer);
        let (audience, party_judged) = match &judged {
            Ok(()) => (Outcome::Passed, Outcome::Passed),
            // The party is judged first, so nothing is known of the audience.
            Err(Refusal::PartyMismatch { .. }) => (Outcome::Skipped, Outcome::Failed),
            Err(_) => (Outcome::Failed, Outcome::Passed),
        };
        let wanted = expected(&issuer.audiences);
        let mut lines = vec![Line::new(
            Topic::Audience,
            audience,
            format!("{found}; expected {wanted}"),
        )];
        if !issuer.authorized_parties.is_empty() {
            let wanted = expected(&issuer.authorized_parties);
            let says = format!("{party}; expected {wanted}");
            lines.push(Line::new(Topic::Party, party_judged, says));
        }
        lines
    }

    fn times(&self, claims: &Claims) -> Vec<Line> {
        let leeway = self
            .issuer
            .map_or(Issuer::DEFAULT_LEEWAY, |issuer| issuer.leeway);
        let forgiven = format!("{} s are forgiven", leeway.as_secs());
        let end = judge_end(claims.expires_at, leeway, self.now);
        let (ahead, when) = self.distance(claims.expires_at);
        let says = if ahead {
            when
        } else {
            format!("expired {when}; {forgiven}")
        };
        let mut lines = vec![Line::new(Topic::Expires, self.judged(&end), says)];
        let start = judge_start(claims.not_before, leeway, self.now);
        let issue = self
            .issuer
            .map_or(Ok(()), |issuer| claims.judge_issue(issuer, self.now));
        for (topic, moment, judged) in [
            (Topic::NotBefore, claims.not_before, start),
            (Topic::Issued, claims.issued_at, issue),
        ] {
            lines.extend(moment.map(|moment| {
                let (ahead, when) = self.distance(moment);
                let says = if ahead {
                    format!("{when}; {forgiven}")
                } else {
                    when
                };
                Line::new(topic, self.judged(&judged), says)
            }));
        }
        lines
    }

    /// Whether the moment is still to come, and how far it is in words.
    fn distance(&self, moment: Moment) -> (bool, String) {
        let ahead = moment.since(self.now).as_secs();
        let distance = if ahead > 0 {
            format!("in {}", span(ahead))
        } else {
            format!("{} ago", span(self.now.since(moment).as_secs()))
        };
        (ahead > 0, format!("{distance}, at {}", utc(moment)))
    }
}
