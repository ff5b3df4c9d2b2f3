//! Whether the keys of the issuers can be had, and are of the kinds that the gate is told to expect.

use policy::issuer::{Algorithm, Issuer};
use policy::issuer_entry::PublicKeys;
use policy::jwks::KeySet;
use reqwest::Url;

use crate::check::config::{Scene, opinion};
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion};
use crate::tokens::error::CheckError;
use crate::tokens::gate_files::no_secret;
use crate::tokens::key_set::{self, NoKeys};

/// Asks each key endpoint as the gate does. Issuers that the gate could not read are said elsewhere.
pub(super) async fn look(scene: &Scene<'_>) -> Result<Opinion, CheckError> {
    let Ok((issuers, sources)) = scene.files.issuers(&no_secret) else {
        return Ok(Opinion::default());
    };
    let mut causes = Vec::new();
    for (issuer, source) in issuers.iter().zip(sources) {
        match source.public {
            PublicKeys::JwksUrl(address) => {
                let Ok(url) = Url::parse(&address) else {
                    return Err(CheckError::Address(address));
                };
                let shown = format!("{}{}", url.origin().ascii_serialization(), url.path());
                causes.extend(match key_set::fetch(&url, &issuer.algorithms).await? {
                    Ok(set) => lacking(issuer, &set, &shown),
                    Err(reason) => Some(unreachable(issuer, &reason, &shown)),
                });
            }
            PublicKeys::Written(set) => {
                causes.extend(lacking(issuer, &set, &scene.files.wrangler_path()));
            }
            PublicKeys::None => {}
        }
    }
    Ok(opinion(causes))
}

fn unreachable(issuer: &Issuer, reason: &NoKeys, at: &str) -> Cause {
    Cause {
        code: Code::IssuerUnreachable,
        confidence: match reason {
            // It may be this machine that gets no answer.
            NoKeys::NoAnswer(_) => Confidence::Likely,
            NoKeys::NoKeySet | NoKeys::Status(_) | NoKeys::TooLong => Confidence::Certain,
        },
        sentence: format!(
            "nobody of the issuer `{}` can log in: its keys cannot be had",
            issuer.name.as_str()
        ),
        evidence: vec![Evidence::new(reason.to_string(), at)],
        fix: Fix {
            sentence: "Correct `jwks_url` in USHER_ISSUERS: the issuer's own document says it as `jwks_uri`. Redirects are not followed. A \
                       gate that runs keeps the last good keys for a while, so this shows late."
                .to_owned(),
            commands: vec![
                format!("curl -i '{at}'"),
                format!(
                    "curl -s '{}/.well-known/openid-configuration'",
                    issuer.name.as_str().trim_end_matches('/')
                ),
            ],
        },
    }
}

/// No key for one of the algorithms.
fn lacking(issuer: &Issuer, set: &KeySet, at: &str) -> Option<Cause> {
    let has = |algorithm: &Algorithm| {
        let mut keys = set.keys.iter();
        keys.any(|key| key.material.algorithm() == *algorithm)
    };
    let wanted = issuer.algorithms.iter();
    let wanted = wanted.filter(|algorithm| **algorithm != Algorithm::Hs256);
    let (there, lacking): (Vec<_>, Vec<_>) = wanted.partition(|algorithm| has(algorithm));
    let names = |algorithms: &[&Algorithm]| {
        let names: Vec<_> = algorithms.iter().map(|one| one.name()).collect();
        names.join(", ")
    };
    // Several may be allowed while the issuer goes from one to another.
    if lacking.is_empty() || !there.is_empty() {
        return None;
    }
    Some(Cause {
        code: Code::IssuerKeysLackAlgorithm,
        confidence: Confidence::Certain,
        sentence: format!(
            "nobody of the issuer `{}` can log in: it has no key for {}",
            issuer.name.as_str(),
            names(&lacking)
        ),
        evidence: vec![Evidence::new(
            format!(
                "{} keys for {}, {} of other kinds or unreadable",
                set.keys.len(),
                names(&lacking),
                set.left_out.len()
            ),
            at,
        )],
        fix: Fix {
            sentence: "Give the algorithm of the issuer's tokens as `algorithm` in USHER_ISSUERS; the header of one of its tokens says it:"
                .to_owned(),
            commands: vec!["pbpaste | usher check tokens -".to_owned()],
        },
    })
}
