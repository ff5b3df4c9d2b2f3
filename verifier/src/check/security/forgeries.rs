//! Who has nothing to show, or something that nobody signed, gets no further than the gate (security: an identity that the client
//! claims is none).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::check::security::Scene;
use crate::deployment::exchange::{Answer, Exchange};
use crate::deployment::sent::Sent;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Unlooked};

/// A way to be somebody without having logged in.
#[derive(Clone, Copy)]
struct Forgery {
    what: &'static str,
    headers: fn(&Case) -> Vec<(&'static str, String)>,
}

/// What forgeries are made of.
struct Case {
    issuer: String,
}

const FORGERIES: [Forgery; 10] = [
    Forgery {
        what: "nothing to show",
        headers: |_| Vec::new(),
    },
    Forgery {
        what: "an empty token",
        headers: |_| vec![("authorization", "Bearer ".to_owned())],
    },
    Forgery {
        what: "a token that is none",
        headers: |_| vec![("authorization", "Bearer let-me-in".to_owned())],
    },
    Forgery {
        // RFC 8725 section 2.1.
        what: "a token with `alg` `none`",
        headers: |case| bearer(&json!({ "alg": "none", "typ": "JWT" }), case, ""),
    },
    Forgery {
        what: "a token with `alg` `NONE`",
        headers: |case| bearer(&json!({ "alg": "NONE" }), case, "AAAA"),
    },
    Forgery {
        what: "an RS256 token with a made-up signature",
        headers: |case| {
            bearer(
                &json!({ "alg": "RS256", "kid": "usher" }),
                case,
                &"A".repeat(342),
            )
        },
    },
    Forgery {
        what: "an ES256 token with a signature of zeros (CVE-2022-21449)",
        headers: |case| {
            bearer(
                &json!({ "alg": "ES256", "kid": "usher" }),
                case,
                &"A".repeat(86),
            )
        },
    },
    Forgery {
        what: "an HS256 token with a made-up signature",
        headers: |case| bearer(&json!({ "alg": "HS256" }), case, &"A".repeat(43)),
    },
    Forgery {
        what: "a token in the cookie of the session that nobody signed",
        headers: |case| {
            let token = token(
                &json!({ "alg": "RS256", "kid": "usher" }),
                case,
                &"A".repeat(342),
            );
            vec![(
                "cookie",
                format!("__Host-usher={token}; usher-development={token}"),
            )]
        },
    },
    Forgery {
        what: "headers that say who is there",
        headers: |_| {
            let names = [
                "usher-subject",
                "usher-email",
                "x-usher-subject",
                "x-forwarded-user",
                "x-forwarded-email",
                "x-auth-request-user",
                "x-remote-user",
                "cf-access-authenticated-user-email",
            ];
            names
                .map(|name| (name, "admin@example.com".to_owned()))
                .into()
        },
    },
];

/// How many there are.
pub(super) const COUNT: usize = FORGERIES.len();

fn bearer(header: &Value, case: &Case, signature: &str) -> Vec<(&'static str, String)> {
    vec![(
        "authorization",
        format!("Bearer {}", token(header, case, signature)),
    )]
}

fn token(header: &Value, case: &Case, signature: &str) -> String {
    let claims = json!({
        "iss": case.issuer, "sub": "usher-check-security", "aud": "usher", "email": "admin@example.com", "iat": 1, "exp": 4_102_444_800_u64
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(&claims))
}

/// Tries each, at the gate's own question who is there and at the app.
pub(super) async fn look(scene: &Scene<'_>) -> Opinion {
    let configuration = scene.deployment.configuration;
    let identity = configuration.identity.as_ref();
    let issuer = identity.unwrap_or(&scene.gate.front.address).to_string();
    let case = Case { issuer };
    let app = scene
        .gate
        .front
        .address
        .join(&configuration.instance.path());
    let mut opinion = Opinion::default();
    let mut got_in = Vec::new();
    for forgery in FORGERIES {
        let me = with(
            scene.gate.asking_me("").without("authorization"),
            forgery,
            &case,
        );
        let app = with(Sent::get(app.as_str()), forgery, &case);
        for (sent, is_kept_out) in [
            (me, refused as fn(&Answer) -> bool),
            (app, answered_by_the_gate),
        ] {
            let Exchange {
                request, answer, ..
            } = scene.deployment.send(sent).await;
            match answer {
                Ok(answer) if is_kept_out(&answer) => {}
                Ok(answer) => {
                    let what = format!("with {} it answered {}", forgery.what, answer.status);
                    got_in.push(Evidence::new(what, request.url));
                }
                Err(reason) => opinion.unlooked.push(Unlooked {
                    at: format!("{} with {}", request.url, forgery.what),
                    why: reason.to_string(),
                }),
            }
        }
    }
    opinion.causes.extend((!got_in.is_empty()).then(|| Cause {
        code: Code::ForgeryAdmitted,
        confidence: Confidence::Certain,
        sentence: "somebody who shows nothing, or something that nobody signed, gets past the gate".to_owned(),
        evidence: got_in,
        fix: Fix {
            sentence: "Let nothing answer at this address but the gate: every route of the platform's host belongs to its Worker, and what \
                       stands before it adds no identity of its own. If it is the gate that answers, take it out of service and report it."
                .to_owned(),
            commands: vec![format!("curl -i {}", scene.gate.readiness_url())],
        },
    }));
    opinion
}

fn with(mut sent: Sent, forgery: Forgery, case: &Case) -> Sent {
    for (name, value) in (forgery.headers)(case) {
        sent = sent.with(name, &value);
    }
    sent
}

/// The gate says who is there to nobody else: 401, or 400 where it cannot even read what it is shown.
fn refused(answer: &Answer) -> bool {
    answer.is_the_gates_own() && matches!(answer.status, 400 | 401 | 403)
}

/// Whoever is not let in hears from the gate: a page, a problem, or the way to the log-in.
fn answered_by_the_gate(answer: &Answer) -> bool {
    answer.is_the_gates_own() && !(200..300).contains(&answer.status)
}
