//! What keeps a browser safe stands in the headers of the gate's own pages; something before the gate may have taken it away.

use crate::check::security::Scene;
use crate::deployment::exchange::Answer;
use crate::deployment::sent::Sent;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Unlooked};

/// A header, and what has to be in it.
const WANTED: [(&str, &str); 4] = [
    ("content-security-policy", "frame-ancestors"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", ""),
    ("cache-control", "no-store"),
];

/// Looks at a page that the gate shows to anybody: that of the log-out.
pub(super) async fn look(scene: &Scene<'_>) -> Opinion {
    let url = scene
        .gate
        .front
        .address
        .endpoint(&[".usher", "logout"], &[]);
    let sent = Sent::get(url.as_str()).with("accept", "text/html");
    let exchange = scene.deployment.send(sent).await;
    let at = exchange.request.url;
    let unlooked = |why: String| Opinion {
        causes: Vec::new(),
        unlooked: vec![Unlooked {
            at: format!("the headers of a page of the gate at {at}"),
            why,
        }],
    };
    let answer = match exchange.answer {
        Ok(answer) if answer.is_the_gates_own() => answer,
        Ok(answer) => return unlooked(format!("something else answered, with {}", answer.status)),
        Err(reason) => return unlooked(reason.to_string()),
    };
    let missing = WANTED
        .iter()
        .filter_map(|(name, part)| lacks(&answer, name, part));
    let evidence: Vec<_> = missing
        .map(|what| Evidence::new(what, at.clone()))
        .collect();
    let causes = (!evidence.is_empty()).then(|| Cause {
        code: Code::SecurityHeadersMissing,
        confidence: Confidence::Certain,
        sentence: "the gate's pages reach browsers without the headers that keep them safe".to_owned(),
        evidence,
        fix: Fix {
            sentence: "The gate sends them; look for a rule or a proxy before it that removes or replaces headers of answers, and leave \
                       those of the gate alone."
                .to_owned(),
            commands: vec![format!("curl -i -H 'accept: text/html' {at}")],
        },
    });
    Opinion {
        causes: causes.into_iter().collect(),
        unlooked: Vec::new(),
    }
}

fn lacks(answer: &Answer, name: &str, part: &str) -> Option<String> {
    match answer.header(name) {
        None => Some(format!("there is no `{name}`")),
        Some(value) if !value.contains(part) => {
            Some(format!("`{name}` is `{value}`, without `{part}`"))
        }
        Some(_) => None,
    }
}
