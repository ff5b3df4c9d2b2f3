//! Where people are sent: the links of a page of the gate have to lead somewhere, such as to the support (incident I4: an exception in place
//! of whom to ask).

use html5gum::{Token, Tokenizer};
use reqwest::Url;

use crate::deployment::Deployment;
use crate::deployment::gate::Gate;
use crate::deployment::sent::Sent;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Unlooked};

/// Follows where the gate sends who is not logged in, and every link of its page for what is not there and of that of the log-out.
pub(super) async fn look(deployment: &Deployment<'_>, gate: &Gate<'_>) -> (String, Opinion) {
    let mut opinion = Opinion::default();
    let mut links: Vec<Url> = Vec::new();
    let front = &gate.front.address;
    for url in [
        front.join(&deployment.configuration.instance.path()),
        front.endpoint(&[".usher", "nothing"], &[]),
        front.endpoint(&[".usher", "logout"], &[]),
    ] {
        let sent = Sent::get(url.as_str()).with("accept", "text/html");
        match deployment.send(sent).await.answer {
            Ok(answer) => {
                let to = answer.header("location").map(str::to_owned);
                let found = hrefs(&answer.body).into_iter().chain(to);
                links.extend(found.filter_map(|link| url.join(&link).ok()));
            }
            Err(reason) => opinion.unlooked.push(Unlooked {
                at: format!("the links of {url}"),
                why: reason.to_string(),
            }),
        }
    }
    links.sort();
    links.dedup();
    let origin = gate.front.address.origin();
    let away = |link: &&Url| matches!(link.scheme(), "http" | "https") && link.origin() != origin;
    let mut dead = Vec::new();
    let followed = links.iter().filter(away).count();
    for link in links.iter().filter(away) {
        match deployment.look_at(link).await.answer {
            Ok(answer) if answer.status < 400 || matches!(answer.status, 401 | 403 | 405 | 429) => {
            }
            Ok(answer) => dead.push(Evidence::new(
                format!("it answers {}", answer.status),
                link.as_str(),
            )),
            Err(reason) => dead.push(Evidence::new(reason.to_string(), link.as_str())),
        }
    }
    opinion.causes.extend((!dead.is_empty()).then(|| Cause {
        code: Code::LinkDead,
        // A page may be there for people and not for programs.
        confidence: Confidence::Likely,
        sentence: "the gate sends people where nobody answers".to_owned(),
        evidence: dead,
        fix: Fix {
            sentence: "Mend the address where it is configured (USHER_SUPPORT, USHER_LOGIN_URL, USHER_LOGO of the gate), and deploy the gate again."
                .to_owned(),
            commands: Vec::new(),
        },
    }));
    let noun = if followed == 1 { "link" } else { "links" };
    (format!("{followed} {noun} that lead away from it"), opinion)
}

/// Every link of a page, as a browser reads it.
fn hrefs(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for Ok(token) in Tokenizer::new(html) {
        if let Token::StartTag(tag) = token
            && **tag.name == *b"a"
            && let Some(href) = tag.attributes.get(b"href".as_slice())
        {
            found.push(String::from_utf8_lossy(href).into_owned());
        }
    }
    found
}
