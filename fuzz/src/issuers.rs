//! The issuers tokens are read for: one of each way of configuring one. The names are those of the vectors, so that their tokens
//! get past the question whose they are.

use std::sync::LazyLock;
use std::time::Duration;

use policy::issuer::{Algorithm, ClaimNames, Issuer};
use policy::provider::Provider;
use policy::standing::IssuerUrl;
use policy::time::Moment;

/// When tokens are judged.
pub(crate) const NOW: Moment = Moment::from_unix_seconds(1_767_225_600);

/// An issuer with one audience, one with two and its own claim names, one of several algorithms, one of parties only.
pub(crate) static ISSUERS: LazyLock<Vec<Issuer>> = LazyLock::new(|| {
    let own_claims = ClaimNames {
        subject: "uid".to_owned(),
        email: "mail".to_owned(),
        ..ClaimNames::default()
    };
    let several = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Hs256];
    let mut issuers = vec![
        issuer(
            "https://login.platform.test",
            &["gate"],
            &[Algorithm::Hs256],
        ),
        issuer(
            "https://acme.eu.auth-zero-like.test/",
            &["https://api.gate.test", "api://default"],
            &[Algorithm::Rs256],
        ),
        issuer(
            "https://abcd.supabase-like.test/auth/v1",
            &["authenticated"],
            &several,
        ),
        issuer("https://clerk-like.test", &[], &[Algorithm::EdDsa]),
        issuer("id", &["gate"], &[Algorithm::Es256]),
    ];
    for issuer in &mut issuers {
        match issuer.name.as_str() {
            "https://clerk-like.test" => {
                issuer.authorized_parties = vec!["https://app.gate.test".to_owned()];
            }
            "id" => {
                issuer.authorized_parties = vec!["a".to_owned(), "b".to_owned()];
                issuer.claims = own_claims.clone();
                issuer.leeway = Duration::ZERO;
            }
            _ => {}
        }
    }
    issuers
});

fn issuer(name: &str, audiences: &[&str], algorithms: &[Algorithm]) -> Issuer {
    Issuer {
        #[expect(clippy::expect_used, reason = "the names above are not empty")]
        name: IssuerUrl::new(name).expect("a name"),
        provider: Provider::Own,
        audiences: audiences.iter().map(ToString::to_string).collect(),
        authorized_parties: Vec::new(),
        algorithms: algorithms.to_vec(),
        claims: ClaimNames::default(),
        leeway: Issuer::DEFAULT_LEEWAY,
    }
}
