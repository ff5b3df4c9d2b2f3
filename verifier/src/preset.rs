//! Configurations to begin with: for each usual way to log in, with the gate or without it.

use clap::ValueEnum;

use crate::configuration::address::BaseUrl;

/// How the users of a deployment log in.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Preset {
    /// An API of your own that takes and gives JSON
    Own,
    /// Forms with a CSRF token, and a session in a cookie
    Form,
    /// An RPC: envelopes, a one-time ticket, errors inside of a 200
    Rpc,
    /// Auth0
    Auth0,
    /// Clerk
    Clerk,
    /// Okta
    Okta,
    /// Supabase Auth
    Supabase,
}

/// Where the deployment is, as far as somebody said it.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    pub(crate) front: FrontAddress,
    pub(crate) identity: Option<BaseUrl>,
}

/// Where users reach their app.
#[derive(Clone, Debug)]
pub(crate) enum FrontAddress {
    App(BaseUrl),
    Gate(Option<BaseUrl>),
}

impl Preset {
    /// The file.
    pub(crate) fn text(self, addresses: &Addresses) -> String {
        let (front, of_the_front) = match &addresses.front {
            FrontAddress::App(app) => {
                let meaning = "where users reach their app; {app} in templates";
                (format!("app = \"{app}\"  # {meaning}"), DIRECT)
            }
            FrontAddress::Gate(gate) => {
                let usual = || "https://app.example.com".to_owned();
                let gate = gate.as_ref().map_or_else(usual, BaseUrl::to_string);
                let meaning = "the public address of the gate; {gate} and {app} in templates";
                (format!("gate = \"{gate}\"  # {meaning}"), BEHIND_A_GATE)
            }
        };
        let identity = addresses.identity.as_ref();
        let identity =
            identity.map_or_else(|| self.usual_identity().to_owned(), BaseUrl::to_string);
        let target = format!(
            "[target]\n{front}\nidentity = \"{identity}\"  # {{identity}} in templates\n\n"
        );
        [
            HEAD,
            &target,
            self.log_in(),
            self.tagged_users(),
            of_the_front,
            &MORE.replace("EMAIL", self.email()),
        ]
        .concat()
    }

    /// The service that registers users and logs them in, where nobody said it.
    pub(crate) const fn usual_identity(self) -> &'static str {
        match self {
            Self::Own | Self::Form | Self::Rpc => "https://id.example.com",
            Self::Auth0 => "https://your-tenant.eu.auth0.com",
            Self::Clerk => "https://api.clerk.com",
            Self::Okta => "https://your-org.okta.com",
            Self::Supabase => "https://your-project.supabase.co",
        }
    }

    /// An address that the service takes, and that nobody has.
    const fn email(self) -> &'static str {
        match self {
            Self::Own | Self::Form | Self::Rpc | Self::Auth0 | Self::Okta | Self::Supabase => {
                "usher-{run}@example.com"
            }
            // Clerk sends nothing to addresses with this tag.
            Self::Clerk => "usher-{run}+clerk_test@example.com",
        }
    }

    /// How users of lost runs are found, where the service leaves that open.
    const fn tagged_users(self) -> &'static str {
        match self {
            Self::Own | Self::Form | Self::Rpc => TAGGED_USERS,
            Self::Auth0 | Self::Clerk | Self::Okta | Self::Supabase => "",
        }
    }

    const fn log_in(self) -> &'static str {
        match self {
            Self::Own => include_str!("../presets/own.toml"),
            Self::Form => include_str!("../presets/form.toml"),
            Self::Rpc => include_str!("../presets/rpc.toml"),
            Self::Auth0 => include_str!("../presets/auth0.toml"),
            Self::Clerk => include_str!("../presets/clerk.toml"),
            Self::Okta => include_str!("../presets/okta.toml"),
            Self::Supabase => include_str!("../presets/supabase.toml"),
        }
    }
}

const TAGGED_USERS: &str = include_str!("../presets/tagged_users.toml");

const HEAD: &str = "\
#:schema ./usher.schema.json
# What `usher verify` needs to know of this deployment. `usher verify --plan` shows what it would send, and sends nothing.
#
# Names in braces are filled in every run: {gate} {app} {identity} (from [target]), {email} {username} {password} (of the fresh user),
# {run} (a random id), {token} (after the log-in), what [secrets] name, and what requests `capture`. Write {{ and }} for braces.

";

const BEHIND_A_GATE: &str = include_str!("../presets/behind_a_gate.toml");
const DIRECT: &str = include_str!("../presets/direct.toml");
const MORE: &str = include_str!("../presets/more.toml");

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::configuration::Configuration;
    use crate::deployment::Deployment;
    use crate::programme::Programme;
    use crate::redaction::Secrets;
    use crate::scenario::Scenario;

    fn everywhere() -> impl Iterator<Item = (Preset, String)> {
        let app = BaseUrl::parse("https://www.example.com").unwrap();
        let fronts = [FrontAddress::Gate(None), FrontAddress::App(app)];
        fronts.into_iter().flat_map(|front| {
            let addresses = Addresses {
                front,
                identity: None,
            };
            let presets = Preset::value_variants().iter();
            presets.map(move |preset| (*preset, preset.text(&addresses)))
        })
    }

    #[test]
    fn every_preset_is_read_as_it_stands_and_has_a_plan() {
        for (preset, text) in everywhere() {
            let read =
                Configuration::parse(Path::new("usher.toml"), &text, &|_| Some("v".to_owned()));
            let configuration = read.unwrap_or_else(|error| panic!("{preset:?}: {error}"));
            let secrets = Secrets::default();
            let programme = Programme {
                played: vec![Scenario::NewUser],
                skipped: Vec::new(),
            };
            let deployment = Deployment::new(&configuration, &secrets, None).unwrap();
            let plan = crate::plan::plan(&programme, &deployment).unwrap();
            assert!(plan.contains("\nclean up\n  "), "{preset:?}: {plan}");
            // None of their removals needs a log-in that may have failed, but for those whose user removes themselves.
            let removal = configuration.remove_user.unwrap();
            let removes_themselves = matches!(preset, Preset::Own | Preset::Rpc);
            assert_eq!(
                removal.needs(&configuration.log_in.call),
                removes_themselves,
                "{preset:?}"
            );
        }
    }

    #[test]
    fn every_preset_is_right_by_the_schema_also_with_its_examples() {
        let schema = jsonschema::validator_for(&crate::configuration::schema::schema()).unwrap();
        let example = regex::Regex::new(r"^# (\[|[a-z_]+ = )").unwrap();
        for (preset, text) in everywhere() {
            // What is commented out is a key, a table or a list of them.
            let is_example = |line: &str| example.is_match(line);
            let whole: String = text
                .lines()
                .map(|line| {
                    if is_example(line) {
                        line.trim_start_matches("# ")
                    } else {
                        line
                    }
                })
                .flat_map(|line| [line, "\n"])
                .collect();
            for text in [&text, &whole] {
                let file: serde_json::Value =
                    toml::from_str(text).unwrap_or_else(|error| panic!("{preset:?}: {error}"));
                schema
                    .validate(&file)
                    .unwrap_or_else(|error| panic!("{preset:?}: {error}"));
            }
            let read =
                Configuration::parse(Path::new("usher.toml"), &whole, &|_| Some("v".to_owned()));
            read.unwrap_or_else(|error| panic!("{preset:?}: {error}"));
        }
    }
}
