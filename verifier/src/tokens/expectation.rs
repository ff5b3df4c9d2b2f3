//! What a token is judged by: the issuers of the gate's configuration or of the command line, or a key set alone.

use std::path::PathBuf;

use policy::issuer::{Algorithm, ClaimNames, Issuer};
use policy::issuer_entry::{KeySource, PublicKeys};
use policy::jwks::KeySet;
use policy::mistakes::Mistakes;
use policy::provider::Provider;
use policy::shared_secret;
use policy::standing::IssuerUrl;
use reqwest::Url;

use crate::arguments::check::CheckTokens;
use crate::configuration::Environment;
use crate::configuration::secret::Origin;
use crate::redaction::{SecretName, Secrets};
use crate::tokens::error::CheckError;
use crate::tokens::gate_files::GateFiles;

/// What a token is judged by.
pub(crate) struct Expectation {
    /// Where it stands, for people.
    pub(crate) source: String,
    /// What of that counts on this machine only.
    pub(crate) note: Option<String>,
    pub(crate) issuers: Vec<Issuer>,
    /// Where the keys of the issuer at the same position are.
    pub(crate) keys: Vec<IssuerKeys>,
    /// Whether the one issuer is made up, and stands for whoever has these keys.
    pub(crate) keys_alone: bool,
}

/// Where the keys of one issuer are.
pub(crate) struct IssuerKeys {
    pub(crate) public: Place,
    /// Names and values; no value where nobody here knows it.
    pub(crate) secrets: Vec<(String, Option<String>)>,
}

/// Where public keys are.
#[derive(Clone)]
pub(crate) enum Place {
    Address(Url),
    File(PathBuf),
    None,
    Written(KeySet),
}

impl Expectation {
    /// What the command line says, and the files it names.
    pub(crate) fn of(
        options: &CheckTokens,
        environment: Environment<'_>,
        secrets: &Secrets,
    ) -> Result<Self, CheckError> {
        let given = options.jwks.as_deref().map(Place::parse).transpose()?;
        let of_a_gate = options.wrangler.is_some() || options.env.is_some() || options.deployed;
        match given {
            Some(place) if !of_a_gate => Ok(Self::on_the_command_line(options, place)),
            instead => {
                let (path, name) = (options.wrangler.as_deref(), options.env.as_deref());
                let files = GateFiles::read(path, name, options.deployed, environment)?;
                Self::of_the_gate(&files, instead.as_ref(), secrets)
            }
        }
    }

    /// What the gate's own files say.
    pub(super) fn of_the_gate(
        files: &GateFiles<'_>,
        instead: Option<&Place>,
        secrets: &Secrets,
    ) -> Result<Self, CheckError> {
        let secret = |name: &str, mistakes: &mut Mistakes| {
            let value = files.secret(name).unwrap_or_default();
            secrets.remember(
                SecretName::Origin(&Origin::Variable(name.to_owned())),
                &value,
            );
            let weak = shared_secret::mistake(name, &value).filter(|_| !value.is_empty());
            if let Some(mistake) = weak {
                mistakes.note(mistake);
            }
            value
        };
        let (issuers, sources) = files.issuers(&secret)?;
        let keys: Result<_, _> = sources
            .into_iter()
            .map(|source| IssuerKeys::of(source, instead))
            .collect();
        Ok(Self {
            source: files.read_from().join(" and "),
            note: files.overridden(),
            issuers,
            keys: keys?,
            keys_alone: false,
        })
    }

    /// One issuer, as whole as the command line makes it.
    fn on_the_command_line(options: &CheckTokens, place: Place) -> Self {
        let algorithms = if options.algorithm.is_empty() {
            // No secret is ever on a command line.
            let public = |algorithm: &Algorithm| *algorithm != Algorithm::Hs256;
            Algorithm::ALL.into_iter().filter(public).collect()
        } else {
            options.algorithm.clone()
        };
        let name = options.issuer.clone().or_else(|| IssuerUrl::new("-"));
        let issuers = name.map(|name| Issuer {
            name,
            provider: Provider::Own,
            audiences: options.audience.clone(),
            authorized_parties: Vec::new(),
            algorithms,
            claims: ClaimNames::default(),
            leeway: Issuer::DEFAULT_LEEWAY,
        });
        let keys_alone = options.issuer.is_none();
        let source = if keys_alone {
            "the key set alone"
        } else {
            "the command line"
        };
        Self {
            source: source.to_owned(),
            note: None,
            issuers: issuers.into_iter().collect(),
            keys: vec![IssuerKeys {
                public: place,
                secrets: Vec::new(),
            }],
            keys_alone,
        }
    }
}

impl IssuerKeys {
    fn of(source: KeySource, instead: Option<&Place>) -> Result<Self, CheckError> {
        let public = match (source.public, instead) {
            (PublicKeys::None, _) => Place::None,
            (PublicKeys::JwksUrl(_) | PublicKeys::Written(_), Some(place)) => place.clone(),
            (PublicKeys::JwksUrl(url), None) => Place::address(&url)?,
            (PublicKeys::Written(set), None) => Place::Written(set),
        };
        let secrets = source.secrets.into_iter().map(|secret| {
            let value = Some(secret.value).filter(|value| !value.is_empty());
            (secret.binding, value)
        });
        Ok(Self {
            public,
            secrets: secrets.collect(),
        })
    }
}

impl Place {
    /// An address where it looks like one, else a file.
    fn parse(text: &str) -> Result<Self, CheckError> {
        if text.starts_with("http://") || text.starts_with("https://") {
            Self::address(text)
        } else {
            Ok(Self::File(PathBuf::from(text)))
        }
    }

    fn address(text: &str) -> Result<Self, CheckError> {
        let url = Url::parse(text).map_err(|_| CheckError::Address(text.to_owned()))?;
        Ok(Self::Address(url))
    }
}
