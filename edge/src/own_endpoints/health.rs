//! `/.usher/health`: the gate runs. `/.usher/ready`: it could let somebody in.

use policy::contract::Readiness;
use policy::reason::Reason;
use serde_json::json;
use worker::Env;

use crate::authority::Configured;
use crate::configuration::Configuration;
use crate::incoming::Incoming;
use crate::isolate::Isolate;
use crate::issuer_keys::Tools;
use crate::page::Answer;
use crate::signature;
use crate::store::Store;

pub(super) fn health(incoming: &Incoming) -> Answer {
    Answer::json(
        200,
        &json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }),
        &incoming.id,
    )
}

/// Lists every mistake of the configuration, and whether KV, the authority and the issuers' keys can be used. No value of a secret is
/// said.
pub(super) async fn ready(isolate: &'static Isolate, env: &Env, incoming: &Incoming) -> Answer {
    let mut mistakes = match &isolate.configuration {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes.0.clone(),
    };
    if let Ok(configuration) = &isolate.configuration {
        mistakes.extend(authority_mistake(env, configuration).await);
        mistakes.extend(kv_mistake(env).await);
        if let Some(keys) = &configuration.assertion_keys {
            mistakes.extend(isolate.assertions.trouble(keys).await);
        }
        mistakes.extend(key_mistakes(isolate, configuration, env, incoming).await);
    }
    if mistakes.is_empty() {
        let (lost_events, last_lost_because) = isolate.log_ins.lost();
        let configuration = isolate.configuration.as_ref();
        let foreign_triggers = match configuration {
            Ok(configuration) => foreign_triggers(env, configuration).await,
            Err(_) => Vec::new(),
        };
        let ready = Readiness {
            status: "ready".to_owned(),
            keeps_events: configuration
                .is_ok_and(|configuration| configuration.authority.keeps_records()),
            foreign_triggers,
            lost_events,
            last_lost_because,
        };
        Answer::json(200, &ready, &incoming.id)
    } else {
        Answer::problem(Reason::Misconfigured, &incoming.id, mistakes)
    }
}

async fn authority_mistake(env: &Env, configuration: &Configuration) -> Option<String> {
    match Configured::of(configuration, env) {
        Ok(authority) => authority.trouble().await,
        Err(problem) => Some(format!("the authority cannot be asked ({problem})")),
    }
}

async fn foreign_triggers(env: &Env, configuration: &Configuration) -> Vec<String> {
    match Configured::of(configuration, env) {
        Ok(authority) => authority.foreign_triggers().await,
        Err(_) => Vec::new(),
    }
}

async fn key_mistakes(
    isolate: &'static Isolate,
    configuration: &'static Configuration,
    env: &Env,
    incoming: &Incoming,
) -> Vec<String> {
    let Some(crypto) = signature::subtle() else {
        return vec!["this runtime has no WebCrypto".to_owned()];
    };
    let tools = Tools {
        crypto: &crypto,
        env,
        context: &incoming.context,
    };
    let mut mistakes = Vec::new();
    for (issuer, source) in configuration.issuers.iter().zip(&configuration.key_sources) {
        mistakes.extend(isolate.issuer_keys.trouble(issuer, source, &tools).await);
    }
    mistakes
}

async fn kv_mistake(env: &Env) -> Option<String> {
    let read = match Store::of(env) {
        Ok(store) => store.get("ready").await,
        Err(problem) => Err(problem),
    };
    read.err().map(|problem| {
        format!("KV cannot be read ({problem}); check the binding USHER_KV in wrangler.toml")
    })
}
