//! Every page in every language, in a narrow window, in light and in dark surroundings: nobody is shut out, nothing is cut off,
//! and the browser has nothing to complain of. A picture of each is in `target/screenshots/`.

use policy::language::Language;
use policy::reason::Reason;
use policy::remedy::Remedy;
use serde_json::json;

use crate::chromium::{Chromium, Person, Tab};
use crate::gallery::Server;

async fn assert_open_to_everybody(language: Language) {
    let Some(browser) = Chromium::start_or_skip("WHETHER PAGES SHUT ANYBODY OUT").await else {
        return;
    };
    let gallery = Server::start(&[("USHER_PRODUCT", "Acme")]).await;
    let narrow = Person {
        width: 320,
        ..Person::default()
    };
    let tab = browser.tab(narrow).await;
    for reason in Reason::ALL {
        let page = format!("{}-{}", reason.code(), language.tag());
        tab.emulate(json!({ "colorScheme": "light" })).await;
        tab.open(&gallery.page(reason, language)).await;
        assert_fits(&tab, &page).await;
        assert_eq!(tab.axe(None).await, [""; 0], "{page}");
        tab.screenshot(&format!("{page}-light")).await;
        tab.size(1280, 800).await;
        tab.screenshot(&format!("{page}-wide")).await;
        tab.size(320, 800).await;
        tab.emulate(json!({ "colorScheme": "dark" })).await;
        // Only colours differ.
        assert_eq!(tab.axe(Some(&["color-contrast"])).await, [""; 0], "{page}");
        tab.screenshot(&format!("{page}-dark")).await;
        assert_eq!(buttons(&tab).await, labels(reason, language), "{page}");
        let words = reason.words(language);
        let said = tab.words().await;
        for part in [words.title, words.detail, words.next] {
            assert!(said.contains(part), "{page} lacks {part}: {said}");
        }
        assert_eq!(
            tab.value("document.documentElement.lang").await,
            language.tag()
        );
        assert_eq!(tab.problems().await, [""; 0], "{page}");
    }
    tab.close().await;
}

async fn buttons(tab: &Tab<'_>) -> Vec<String> {
    let texts = "[...document.querySelectorAll('.ways .button')].map((one) => one.textContent)";
    let texts = tab.value(texts).await;
    let texts = texts.as_array().unwrap().iter();
    texts
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

/// What is to be pressed on a page, in order.
fn labels(reason: Reason, language: Language) -> Vec<&'static str> {
    let labels = language.labels();
    let label = |remedy: &Remedy| match remedy {
        Remedy::AnotherAccount => labels.another_account,
        Remedy::LogIn => labels.log_in,
        Remedy::LogOut => labels.log_out,
        Remedy::OpenApp => labels.open_app,
        Remedy::Support => labels.contact_support,
        Remedy::TryAgain => labels.try_again,
        Remedy::Wait => labels.check_now,
    };
    reason.remedies().iter().map(label).collect()
}

/// Nobody has to scroll in two directions (WCAG 2.2, 1.4.10), and everything to press is large enough (2.5.8).
async fn assert_fits(tab: &Tab<'_>, page: &str) {
    let wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(tab.value(wider).await, 0, "{page} is wider than its window");
    let least = "Math.min(99, ...[...document.querySelectorAll('a, button')].flatMap((one) => { \
                 const { width, height } = one.getBoundingClientRect(); return [width, height]; }))";
    let least = tab.value(least).await.as_f64().unwrap();
    assert!(least >= 24.0, "{page}: {least}");
}

#[tokio::test]
async fn no_page_in_english_shuts_anybody_out() {
    assert_open_to_everybody(Language::English).await;
}

#[tokio::test]
async fn no_page_in_french_shuts_anybody_out() {
    assert_open_to_everybody(Language::French).await;
}

#[tokio::test]
async fn no_page_in_german_shuts_anybody_out() {
    assert_open_to_everybody(Language::German).await;
}

#[tokio::test]
async fn no_page_in_japanese_shuts_anybody_out() {
    assert_open_to_everybody(Language::Japanese).await;
}

#[tokio::test]
async fn no_page_in_portuguese_shuts_anybody_out() {
    assert_open_to_everybody(Language::Portuguese).await;
}

#[tokio::test]
async fn no_page_in_spanish_shuts_anybody_out() {
    assert_open_to_everybody(Language::Spanish).await;
}
