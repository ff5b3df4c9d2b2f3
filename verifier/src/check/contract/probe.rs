//! Asking an app whether it is well.

use std::time::Duration;

use reqwest::{Client, redirect};

use crate::configuration::address::{BaseUrl, UrlPath};
use crate::configuration::contract::Held;
use crate::deployment::exchange::NoAnswer;

/// What an app says of itself, in words.
#[derive(Debug)]
pub(super) enum Health {
    Dead(String),
    Well(String),
}

/// No redirect is followed: what answers elsewhere is not this app.
pub(super) fn client(held: &Held) -> Result<Client, reqwest::Error> {
    Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(held.request_within)
        .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Asks once. An app is well if it answers 2xx at its path of health; its body is not read.
pub(super) async fn ask(client: Client, url: String, health: UrlPath) -> Health {
    let base = match BaseUrl::parse(url.trim()) {
        Ok(base) => base,
        Err(error) => return Health::Dead(error.to_string()),
    };
    let url = base.join(&health);
    match client.get(url.clone()).send().await {
        Ok(answer) if answer.status().is_success() => {
            Health::Well(format!("{url} answered {}", answer.status().as_u16()))
        }
        Ok(answer) => Health::Dead(format!("{url} answered {}", answer.status().as_u16())),
        Err(error) if error.is_timeout() => Health::Dead(format!("no answer from {url} in time")),
        Err(error) => Health::Dead(NoAnswer::of(&error, &url, Duration::ZERO).to_string()),
    }
}
