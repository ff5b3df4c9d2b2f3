//! A token that travels in the open belongs to whoever reads along.

use crate::check::security::Scene;
use crate::deployment::sent::Sent;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion};

/// The addresses of the file have to be encrypted, and whoever comes unencrypted must not be served.
pub(super) async fn look(scene: &Scene<'_>) -> Opinion {
    let configuration = scene.deployment.configuration;
    let gate = &scene.gate.front.address;
    let mut open = Vec::new();
    for address in std::iter::once(gate).chain(&configuration.identity) {
        if !address.is_encrypted() && !address.is_on_this_machine() {
            open.push(Evidence::new(
                "its address begins with `http:`",
                address.to_string(),
            ));
        }
    }
    if gate.is_encrypted() {
        let plain = gate.unencrypted(&configuration.instance.path());
        // Nobody there is as good as a refusal.
        if let Ok(answer) = scene
            .deployment
            .send(Sent::get(plain.as_str()))
            .await
            .answer
            && !answer.is_redirect_to_https()
            && answer.status < 400
        {
            let what = format!(
                "it answered {} instead of leading to `https:`",
                answer.status
            );
            open.push(Evidence::new(what, plain));
        }
    }
    let causes = (!open.is_empty()).then(|| Cause {
        code: Code::NotEncrypted,
        confidence: Confidence::Certain,
        sentence: "passwords and tokens can travel unencrypted".to_owned(),
        evidence: open,
        fix: Fix {
            sentence: "Give the service a certificate and let `http:` lead to `https:`; at Cloudflare: SSL/TLS, Edge Certificates, Always \
                       Use HTTPS."
                .to_owned(),
            commands: Vec::new(),
        },
    });
    Opinion {
        causes: causes.into_iter().collect(),
        unlooked: Vec::new(),
    }
}
