//! A person and a program are told the same in the language they ask for; what programs are written against never changes.

use policy::contract::{Me, Problem};
use policy::language::Language;
use policy::reason::Reason;
use reqwest::header::ACCEPT_LANGUAGE;
use serde_json::Value;
use stage::KeepAt;

use crate::cast::{account, header, person, program, told, world};

#[tokio::test]
async fn everybody_is_told_in_the_language_they_ask_for() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Suspended).await;
    for (asked, language) in [
        ("de-AT,de;q=0.9,en;q=0.8", Language::German),
        ("nl, ja;q=0.2, fr;q=0.1", Language::Japanese),
        ("es;q=0, fr-CA", Language::French),
        ("tlh", Language::English),
    ] {
        let words = Reason::InstanceSuspended.words(language);
        let visitor = person(&world, &account).with(ACCEPT_LANGUAGE, asked);
        let response = visitor.get("/").await;
        assert_eq!(header(&response, "content-language"), language.tag());
        assert!(header(&response, "vary").contains("Accept-Language"));
        let (_, reason, page) = told(response).await;
        assert_eq!(reason, "instance_suspended");
        let html = format!("<html lang=\"{}\"", language.tag());
        for part in [&html, words.title, words.next] {
            assert!(page.contains(part), "{asked} lacks {part}:\n{page}");
        }

        let visitor = program(&world, &account).with(ACCEPT_LANGUAGE, asked);
        let response = visitor.get("/").await;
        assert_eq!(header(&response, "content-language"), language.tag());
        assert!(header(&response, "vary").contains("Accept-Language"));
        let problem: Problem = serde_json::from_str(&told(response).await.2).unwrap();
        assert_eq!(
            (problem.title.as_str(), problem.next.as_str()),
            (words.title, words.next)
        );
        assert_eq!(problem.reason, "instance_suspended");
        assert_eq!(problem.kind, "/.usher/reasons#instance_suspended");

        let me: Me = visitor.get("/.usher/me").await.json().await.unwrap();
        assert_eq!(
            (me.title.as_str(), me.detail.as_str()),
            (words.title, words.detail)
        );
        assert_eq!(me.reason, "instance_suspended");
    }
}

#[tokio::test]
async fn the_list_of_reasons_is_there_in_every_language() {
    let world = world().await;
    for language in Language::ALL {
        let visitor = world.api().with(ACCEPT_LANGUAGE, language.tag());
        let response = visitor.get("/.usher/reasons").await;
        assert_eq!(header(&response, "content-language"), language.tag());
        let list: Value = response.json().await.unwrap();
        let reasons = list["reasons"].as_array().unwrap();
        assert_eq!(reasons.len(), Reason::ALL.len());
        for (said, reason) in reasons.iter().zip(Reason::ALL) {
            assert_eq!(said["reason"], reason.code());
            assert_eq!(said["title"], reason.words(language).title);
        }
    }
}
