use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::surroundings::{Given, Surroundings};
use super::*;

fn valid() -> BTreeMap<String, Given> {
    let text = |text: &str| Given::Text(text.to_owned());
    let issuers = json!([{
        "issuer": "https://id.example", "audience": "usher", "algorithm": "ES256",
        "jwks_url": "https://id.example/jwks.json",
    }]);
    [
        ("USHER_DB", Given::Binding),
        ("USHER_KV", Given::Binding),
        ("USHER_ADMIN_SECRET", text(&"secret".repeat(8))),
        ("USHER_ISSUERS", Given::Json(issuers)),
        ("USHER_LOGIN_URL", text("https://id.example/login")),
        ("USHER_SUPPORT", text("mailto:help@example.com")),
        ("USHER_INSTANCE_HOSTS", Given::Json(json!(["*.fly.dev"]))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn with(name: &str, value: Option<Given>) -> Result<Configuration, Mistakes> {
    let mut values = valid();
    match value {
        Some(value) => values.insert(name.to_owned(), value),
        None => values.remove(name),
    };
    Configuration::read(&Surroundings(values))
}

fn one_mistake(name: &str, value: Option<Given>) -> String {
    let Mistakes(mistakes) = with(name, value).unwrap_err();
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    mistakes.into_iter().next().unwrap()
}

fn issuer_with(name: &str, value: Value) -> Given {
    let mut issuer = json!({
        "issuer": "https://id.example", "audience": "usher", "algorithm": "ES256",
        "jwks_url": "https://id.example/jwks.json",
    });
    issuer[name] = value;
    Given::Json(json!([issuer]))
}

#[test]
fn a_valid_configuration_is_read_with_its_defaults() {
    let configuration = with("USHER_PRODUCT", None).unwrap();
    assert_eq!(configuration.cookie, "__Host-usher");
    assert_eq!(configuration.rules, Rules::default());
    assert_eq!(configuration.issuers.len(), configuration.key_sources.len());
}

#[test]
fn every_required_value_that_is_missing_is_named_with_the_cure() {
    for setting in SETTINGS.iter().filter(|setting| setting.default.is_none()) {
        let mistake = one_mistake(setting.name, None);
        assert!(
            mistake.contains(setting.name) && mistake.contains("wrangler"),
            "{mistake}"
        );
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    let Mistakes(mistakes) = Configuration::read(&Surroundings::default()).unwrap_err();
    let required = SETTINGS
        .iter()
        .filter(|setting| setting.default.is_none())
        .count();
    assert_eq!(mistakes.len(), required, "{mistakes:#?}");
}

#[test]
fn a_misspelt_name_is_refused_with_a_suggestion() {
    let mistake = one_mistake("USHER_STALE_SECOND", Some(Given::Text("5".to_owned())));
    assert_eq!(
        mistake,
        "USHER_STALE_SECOND is no configuration value; did you mean USHER_STALE_SECONDS?"
    );
}

#[test]
fn no_value_of_a_secret_is_ever_repeated() {
    let mistake = one_mistake(
        "USHER_ADMIN_SECRET",
        Some(Given::Text("hunter2".to_owned())),
    );
    assert!(!mistake.contains("hunter2"), "{mistake}");
}

#[test]
fn a_secret_that_everybody_knows_is_none() {
    let published = "super-secret-jwt-token-with-at-least-32-characters-long";
    let mistake = one_mistake(
        "USHER_ADMIN_SECRET",
        Some(Given::Text(published.to_owned())),
    );
    assert!(mistake.contains("everybody") && !mistake.contains(published));
}

#[test]
fn an_issuer_is_one_whole_unit() {
    for (name, value, part) in [
        ("audience", json!([]), "audience"),
        ("audience", json!(5), "audience"),
        ("algorithm", json!("none"), "`none`"),
        ("algorithm", json!("HS256"), "HS256 needs secret"),
        ("secret", json!("S"), "a secret is only for HS256"),
        ("jwks_url", json!("http://id.example/jwks.json"), "https:"),
        ("jwks_uri", json!("x"), "did you mean `jwks_url`?"),
        ("leeway_seconds", json!(3600), "leeway_seconds"),
        ("authorized_parties", json!("x"), "authorized_parties"),
        (
            "jwks",
            json!({ "keys": [] }),
            "give one of jwks_url, jwks, pem",
        ),
        ("issuer", json!(""), "issuer"),
    ] {
        let mistake = one_mistake("USHER_ISSUERS", Some(issuer_with(name, value)));
        assert!(mistake.contains(part), "{mistake}");
    }
}

#[test]
fn keys_may_be_written_down_and_must_all_be_good() {
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let issuer = |keys: Value| {
        Some(Given::Json(json!([{
            "issuer": "https://clerk.example", "authorized_parties": ["https://app.example"],
            "algorithm": "EdDSA", "jwks": { "keys": keys },
        }])))
    };
    assert!(with("USHER_ISSUERS", issuer(json!([key]))).is_ok());
    for keys in [
        json!([]),
        json!([key, { "kty": "oct", "k": "AAAA" }]),
        json!(5),
    ] {
        assert!(one_mistake("USHER_ISSUERS", issuer(keys)).contains("jwks is no key set"));
    }
}

const ED25519_PEM: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";

#[test]
fn a_pem_key_must_be_one_that_the_algorithm_can_use() {
    let issuer = |algorithm: &str, pem: Value| {
        Some(Given::Json(json!([{
            "issuer": "own", "audience": "usher", "algorithm": algorithm, "pem": pem,
        }])))
    };
    for pem in [json!(ED25519_PEM), json!([ED25519_PEM])] {
        let configuration = with("USHER_ISSUERS", issuer("EdDSA", pem)).unwrap();
        let PublicKeys::Written(set) = &configuration.key_sources[0].public else {
            panic!("written in the configuration")
        };
        assert_eq!(set.keys.len(), 1);
    }
    for (algorithm, pem) in [
        ("ES256", json!(ED25519_PEM)),
        ("EdDSA", json!("")),
        ("EdDSA", json!([ED25519_PEM, "x"])),
        ("EdDSA", json!(ED25519_PEM.replace("PUBLIC", "PRIVATE"))),
    ] {
        assert!(one_mistake("USHER_ISSUERS", issuer(algorithm, pem)).contains(".pem is no public"));
    }
}

#[test]
fn a_provider_brings_what_all_its_issuers_have_in_common() {
    for (entry, jwks_url, audiences, subject) in [
        (
            json!({ "provider": "auth0", "issuer": "https://acme.eu.auth0.com/", "audience": "https://api" }),
            "https://acme.eu.auth0.com/.well-known/jwks.json",
            vec!["https://api"],
            "sub",
        ),
        (
            json!({ "provider": "clerk", "issuer": "https://clerk.acme.com", "authorized_parties": ["https://acme.com"] }),
            "https://clerk.acme.com/.well-known/jwks.json",
            vec![],
            "sub",
        ),
        (
            json!({ "provider": "okta", "issuer": "https://acme.okta.com/oauth2/default", "audience": "api://default" }),
            "https://acme.okta.com/oauth2/default/v1/keys",
            vec!["api://default"],
            "uid",
        ),
        (
            json!({ "provider": "supabase", "issuer": "https://x.supabase.co/auth/v1" }),
            "https://x.supabase.co/auth/v1/.well-known/jwks.json",
            vec!["authenticated"],
            "sub",
        ),
        (
            json!({ "provider": "cloudflare-access", "issuer": "https://acme.cloudflareaccess.com", "audience": "f00" }),
            "https://acme.cloudflareaccess.com/cdn-cgi/access/certs",
            vec!["f00"],
            "sub",
        ),
    ] {
        let read = with("USHER_ISSUERS", Some(Given::Json(json!([entry])))).unwrap();
        let address = PublicKeys::JwksUrl(jwks_url.to_owned());
        assert_eq!(read.key_sources[0].public, address);
        assert_eq!(read.issuers[0].audiences, audiences);
        assert_eq!(read.issuers[0].claims.subject, subject);
    }
}

#[test]
fn a_provider_says_where_its_tokens_are() {
    let clerk = json!({ "provider": "clerk", "issuer": "https://clerk.acme.com", "authorized_parties": ["https://acme.com"] });
    let access = json!({ "provider": "cloudflare-access", "issuer": "https://acme.cloudflareaccess.com", "audience": "f00" });
    for (issuers, cookie, header) in [
        (json!([clerk]), "__session", None),
        (
            json!([access]),
            "CF_Authorization",
            Some("cf-access-jwt-assertion"),
        ),
        (
            json!([clerk, access]),
            "__session",
            Some("cf-access-jwt-assertion"),
        ),
    ] {
        let read = with("USHER_ISSUERS", Some(Given::Json(issuers))).unwrap();
        assert_eq!(
            (read.cookie.as_str(), read.provider_header),
            (cookie, header)
        );
    }
}

#[test]
fn the_usual_slip_in_an_issuers_name_is_a_mistake_that_shows_the_right_form() {
    for (provider, issuer, form) in [
        (
            "auth0",
            "https://acme.eu.auth0.com",
            "https://TENANT.auth0.com/",
        ),
        (
            "clerk",
            "https://clerk.acme.com/",
            "https://clerk.example.com",
        ),
        (
            "okta",
            "https://acme.okta.com",
            "https://DOMAIN.okta.com/oauth2/default",
        ),
        (
            "supabase",
            "https://x.supabase.co",
            "https://PROJECT.supabase.co/auth/v1",
        ),
        (
            "cloudflare-access",
            "acme",
            "https://TEAM.cloudflareaccess.com",
        ),
    ] {
        let entry = json!([{ "provider": provider, "issuer": issuer, "audience": "x", "authorized_parties": ["x"] }]);
        let mistake = one_mistake("USHER_ISSUERS", Some(Given::Json(entry)));
        assert!(
            mistake.contains(form) && mistake.contains(issuer),
            "{mistake}"
        );
    }
    let unknown = issuer_with("provider", json!("keycloak"));
    assert!(one_mistake("USHER_ISSUERS", Some(unknown)).contains("auth0, clerk"));
}

#[test]
fn two_secrets_stand_side_by_side_while_one_replaces_the_other() {
    let issuers = json!([{ "issuer": "own", "audience": "usher", "algorithm": "HS256", "secret": ["NEW", "OLD"] }]);
    let mut values = valid();
    values.insert("USHER_ISSUERS".to_owned(), Given::Json(issuers));
    values.insert("NEW".to_owned(), Given::Text("necret".repeat(8)));
    values.insert("OLD".to_owned(), Given::Text("oecret".repeat(8)));
    let configuration = Configuration::read(&Surroundings(values)).unwrap();
    let names = configuration.key_sources[0].secrets.iter();
    let names: Vec<_> = names.map(|secret| secret.binding.as_str()).collect();
    assert_eq!(names, ["NEW", "OLD"]);
    assert!(!format!("{configuration:?}").contains("necret"));
}

#[test]
fn two_issuers_of_one_name_are_refused() {
    let Given::Json(one) = issuer_with("leeway_seconds", json!(5)) else {
        panic!("made above")
    };
    let mistake = one_mistake("USHER_ISSUERS", Some(Given::Json(json!([one[0], one[0]]))));
    assert!(mistake.contains("a second time"), "{mistake}");
}

#[test]
fn a_shared_secret_must_be_there_and_long() {
    let issuers = Given::Json(
        json!([{ "issuer": "own", "audience": "usher", "algorithm": "HS256", "secret": "LOGIN_SECRET" }]),
    );
    assert!(
        one_mistake("USHER_ISSUERS", Some(issuers.clone())).contains("LOGIN_SECRET is missing")
    );
    let mut values = valid();
    values.insert("USHER_ISSUERS".to_owned(), issuers);
    values.insert("LOGIN_SECRET".to_owned(), Given::Text("kecret".repeat(8)));
    assert!(Configuration::read(&Surroundings(values)).is_ok());
}

#[test]
fn lists_may_be_json_in_a_text() {
    assert!(
        with(
            "USHER_INSTANCE_HOSTS",
            Some(Given::Text("[\"app.example.com\"]".to_owned()))
        )
        .is_ok()
    );
    assert!(
        one_mistake(
            "USHER_INSTANCE_HOSTS",
            Some(Given::Text("app.example.com".to_owned()))
        )
        .contains("no JSON")
    );
    assert!(one_mistake("USHER_INSTANCE_HOSTS", Some(Given::Json(json!(["*"])))).contains("`*`"));
}

#[test]
fn instances_answer_without_tls_on_a_developers_machine_only_or_where_it_is_written() {
    let carries = |entry: &str, development: bool| {
        let mut values = valid();
        let hosts = Given::Json(json!([entry]));
        values.insert("USHER_INSTANCE_HOSTS".to_owned(), hosts);
        if development {
            let yes = Given::Text("true".to_owned());
            values.insert("USHER_DEVELOPMENT".to_owned(), yes);
        }
        let configuration = Configuration::read(&Surroundings(values)).unwrap();
        let url = InstanceUrl::new("http://guy.internal:8080").unwrap();
        configuration
            .instance_hosts
            .iter()
            .any(|rule| rule.covers(&url))
    };
    assert!(!carries("*.internal", false));
    assert!(carries("http://*.internal", false));
    assert!(carries("*.internal", true));
}

#[test]
fn spans_must_be_in_order() {
    assert!(
        one_mistake("USHER_STALE_SECONDS", Some(Given::Text("1".to_owned()))).contains("FRESH")
    );
    assert!(
        one_mistake("USHER_GRACE_SECONDS", Some(Given::Json(json!(30))))
            .contains("USHER_GRACE_SECONDS")
    );
    assert!(
        one_mistake("USHER_FRESH_SECONDS", Some(Given::Text("soon".to_owned()))).contains("`soon`")
    );
}

#[test]
fn http_and_plain_cookies_are_for_development_only() {
    assert!(
        one_mistake(
            "USHER_LOGIN_URL",
            Some(Given::Text("http://id.example/login".to_owned()))
        )
        .contains("USHER_DEVELOPMENT")
    );
    let mut values = valid();
    values.insert("USHER_DEVELOPMENT".to_owned(), Given::Json(json!(true)));
    values.insert(
        "USHER_LOGIN_URL".to_owned(),
        Given::Text("http://127.0.0.1:9000/login".to_owned()),
    );
    assert_eq!(
        Configuration::read(&Surroundings(values)).unwrap().cookie,
        "usher-development"
    );
}

#[test]
fn the_shipped_wrangler_toml_lacks_nothing_but_the_secret() {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../wrangler.toml")).unwrap();
    let wrangler: Value = toml::from_str(&text).unwrap();
    let vars = wrangler["vars"].as_object().unwrap().iter();
    let vars = vars.map(|(name, value)| match value {
        Value::String(text) => (name.clone(), Given::Text(text.clone())),
        Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_) => {
            (name.clone(), Given::Json(value.clone()))
        }
    });
    let bindings = ["USHER_DB", "USHER_KV"].map(|name| (name.to_owned(), Given::Binding));
    for (table, name) in [("d1_databases", "USHER_DB"), ("kv_namespaces", "USHER_KV")] {
        assert_eq!(wrangler[table][0]["binding"], name);
    }
    let Mistakes(mistakes) =
        Configuration::read(&Surroundings(vars.chain(bindings).collect())).unwrap_err();
    assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
    assert!(mistakes[0].contains("USHER_ADMIN_SECRET"));
}

/// A valid configuration with these values, and without a database.
fn together(values: &[(&str, Given)]) -> Result<Configuration, Mistakes> {
    let mut all = valid();
    all.remove("USHER_DB");
    for (name, value) in values {
        all.insert((*name).to_owned(), value.clone());
    }
    Configuration::read(&Surroundings(all))
}

fn text(text: &str) -> Given {
    Given::Text(text.to_owned())
}

const OLD: &str = "the-old-secret-0123456789-abcdefghijk";
const NEW: &str = "the-new-secret-0123456789-abcdefghijk";

#[test]
fn a_control_plane_is_read_and_needs_no_database() {
    let configuration = together(&[
        ("USHER_AUTHORITY", text("control-plane")),
        (
            "USHER_CONTROL_PLANE_URL",
            text("https://api.example/usher/"),
        ),
        ("USHER_CONTROL_PLANE_SECRET", text(&format!("{NEW} {OLD}"))),
    ]);
    let setting = ControlPlaneSetting {
        url: "https://api.example/usher".to_owned(),
        secrets: vec![NEW.to_owned(), OLD.to_owned()],
        bound: false,
    };
    assert_eq!(
        configuration.unwrap().authority,
        AuthoritySetting::ControlPlane(setting)
    );
}

#[test]
fn a_service_binding_needs_neither_address_nor_secret() {
    let configuration = together(&[
        ("USHER_AUTHORITY", text("control-plane")),
        ("USHER_CONTROL_PLANE", Given::Binding),
    ]);
    let setting = ControlPlaneSetting {
        url: "https://control-plane.invalid".to_owned(),
        secrets: Vec::new(),
        bound: true,
    };
    let authority = configuration.unwrap().authority;
    assert_eq!(authority, AuthoritySetting::ControlPlane(setting));
}

#[test]
fn kv_as_the_authority_needs_nothing_else() {
    let configuration = together(&[("USHER_AUTHORITY", text("kv"))]);
    assert_eq!(configuration.unwrap().authority, AuthoritySetting::Kv);
}

#[test]
fn every_mistake_about_the_authority_is_one_sentence_that_names_the_cure() {
    let control_plane = ("USHER_AUTHORITY", text("control-plane"));
    let url = ("USHER_CONTROL_PLANE_URL", text("https://api.example"));
    let secret = ("USHER_CONTROL_PLANE_SECRET", text(NEW));
    let at = |address: &str| {
        vec![
            control_plane.clone(),
            secret.clone(),
            ("USHER_CONTROL_PLANE_URL", text(address)),
        ]
    };
    for (values, parts) in [
        (
            vec![("USHER_AUTHORITY", text("registri"))],
            ["`registri`", "did you mean `registry`?"],
        ),
        (
            vec![control_plane.clone(), secret.clone()],
            ["USHER_CONTROL_PLANE_URL is missing", "[vars]"],
        ),
        (
            vec![control_plane.clone(), url.clone()],
            [
                "USHER_CONTROL_PLANE_SECRET is missing",
                "wrangler secret put",
            ],
        ),
        (
            at("http://api.example"),
            ["`http://api.example`", "USHER_DEVELOPMENT"],
        ),
        (
            at("https://api.example/?a=b"),
            ["without a query", "https:"],
        ),
        (
            vec![
                control_plane.clone(),
                url.clone(),
                ("USHER_CONTROL_PLANE_SECRET", text(&format!("{NEW} short"))),
            ],
            ["USHER_CONTROL_PLANE_SECRET has 5 characters", "openssl"],
        ),
        (
            vec![
                control_plane.clone(),
                ("USHER_CONTROL_PLANE", text("control-plane")),
            ],
            ["USHER_CONTROL_PLANE is a variable", "must be a binding"],
        ),
        (
            vec![url.clone()],
            [
                "USHER_CONTROL_PLANE_URL is given",
                "USHER_AUTHORITY = \"control-plane\"",
            ],
        ),
        (
            vec![secret.clone()],
            ["no control plane is asked", "remove the secret"],
        ),
    ] {
        let Mistakes(mistakes) = together(&values).unwrap_err();
        assert!(
            mistakes
                .iter()
                .any(|it| parts.iter().all(|part| it.contains(part))),
            "{parts:?}: {mistakes:#?}"
        );
        assert!(mistakes.iter().all(|it| !it.contains(NEW)), "{mistakes:#?}");
    }
}

#[test]
fn http_goes_to_loopback_alone_and_in_development_alone() {
    let at = |address: &str, development: &str| {
        together(&[
            ("USHER_AUTHORITY", text("control-plane")),
            ("USHER_CONTROL_PLANE_URL", text(address)),
            ("USHER_CONTROL_PLANE_SECRET", text(NEW)),
            ("USHER_DEVELOPMENT", text(development)),
        ])
    };
    for (address, development, good) in [
        ("http://127.0.0.1:4000", "true", true),
        ("http://localhost:4000/api", "true", true),
        ("http://127.0.0.1:4000", "false", false),
        ("http://api.example", "true", false),
        ("http://127.0.0.1.evil.example", "true", false),
        ("http://localhost@evil.example", "true", false),
    ] {
        assert_eq!(at(address, development).is_ok(), good, "{address}");
    }
}
