//! Pages look as their operator wants and as their reader needs.

use policy::language::Language;
use policy::reason::Reason;
use serde_json::json;

use crate::chromium::{Chromium, Person, Tab};
use crate::gallery::Server;

const UNTRIED: &str = "THE LOOK OF PAGES";

const SQUARE: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='60'><rect width='60' height='60' fill='#8b0000'/></svg>";

/// Whether the page shows its logo.
const LOGO_IS_SHOWN: &str = "document.querySelector('.product img[alt=Acme]').naturalWidth > 0";

async fn filled_with(tab: &Tab<'_>) -> String {
    let colour = "getComputedStyle(document.querySelector('.button')).backgroundColor";
    tab.value(colour).await.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_shows_its_logo_and_loads_no_other_image() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let logo = "https://cdn.example/logo.svg?v=2";
    let gallery = Server::start(&[("USHER_PRODUCT", "Acme"), ("USHER_LOGO", logo)]).await;
    let tab = browser.tab(Person::default()).await;
    let other = "https://cdn.example/other.svg";
    tab.image(logo, SQUARE).await;
    tab.image(other, SQUARE).await;
    tab.open(&gallery.page(Reason::NoInstance, Language::English))
        .await;
    assert_eq!(tab.value(LOGO_IS_SHOWN).await, true);
    assert_eq!(tab.axe(None).await, [""; 0]);
    tab.screenshot("logo").await;
    assert_eq!(tab.problems().await, [""; 0]);
    let load = format!(
        "new Promise((end) => {{ const image = new Image(); image.onload = () => end('loaded'); \
         image.onerror = () => end('refused'); image.src = '{other}'; }})"
    );
    assert_eq!(tab.value(&load).await, "refused");
    let problems = tab.problems().await;
    assert!(problems[0].contains("img-src"), "{problems:?}");
}

#[tokio::test]
async fn a_logo_may_stand_in_the_configuration_itself() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let logo = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnIHdpZHRoPSc2MCcgaGVpZ2h0PSc2MCcvPg==";
    let gallery = Server::start(&[("USHER_PRODUCT", "Acme"), ("USHER_LOGO", logo)]).await;
    let tab = browser.tab(Person::default()).await;
    tab.open(&gallery.page(Reason::InstanceActive, Language::English))
        .await;
    assert_eq!(tab.value(LOGO_IS_SHOWN).await, true);
    assert_eq!(tab.problems().await, [""; 0]);
}

#[tokio::test]
async fn the_accent_is_the_operators_in_light_and_in_dark_surroundings() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let gallery = Server::start(&[("USHER_ACCENT", "#8b0000")]).await;
    let tab = browser.tab(Person::default()).await;
    tab.open(&gallery.page(Reason::InstanceActive, Language::English))
        .await;
    assert_eq!(filled_with(&tab).await, "rgb(139, 0, 0)");
    assert_eq!(tab.axe(None).await, [""; 0]);
    tab.screenshot("accent-light").await;
    tab.emulate(json!({ "colorScheme": "dark" })).await;
    assert_ne!(filled_with(&tab).await, "rgb(139, 0, 0)");
    assert_eq!(tab.axe(Some(&["color-contrast"])).await, [""; 0]);
    tab.screenshot("accent-dark").await;
}

#[tokio::test]
async fn nothing_moves_for_who_does_not_want_it_and_never_for_long() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let gallery = Server::start(&[]).await;
    let tab = browser.tab(Person::default()).await;
    tab.open(&gallery.page(Reason::InstanceActive, Language::English))
        .await;
    // In milliseconds. Five seconds is what WCAG 2.2.2 leaves without a way to stop it.
    let moving = "Math.max(0, ...document.getAnimations().map((one) => one.effect.getComputedTiming().endTime))";
    let moves = tab.value(moving).await.as_f64().unwrap();
    assert!(moves > 0.0 && moves <= 5000.0, "{moves}");
    tab.emulate(json!({ "reducedMotion": "reduce" })).await;
    assert_eq!(tab.value(moving).await, 0);
}

/// With a palette of the reader's own nothing may be told by a background.
#[tokio::test]
async fn a_page_is_whole_in_colours_of_the_readers_own() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let gallery = Server::start(&[]).await;
    let tab = browser.tab(Person::default()).await;
    for dark in ["light", "dark"] {
        let media = json!({ "forcedColors": "active", "colorScheme": dark });
        tab.emulate(media).await;
        tab.open(&gallery.page(Reason::InstanceActive, Language::English))
            .await;
        let border = "getComputedStyle(document.querySelector('.button')).borderTopColor";
        let text = "getComputedStyle(document.body).color";
        let ground = "getComputedStyle(document.body).backgroundColor";
        assert_ne!(tab.value(text).await, tab.value(ground).await);
        assert_ne!(tab.value(border).await, tab.value(ground).await);
        let mark = "getComputedStyle(document.querySelector('.over'), '::before')";
        let sign = tab.value(&format!("{mark}.content")).await;
        assert!(sign.as_str().unwrap().contains('\u{2713}'), "{sign}");
        assert_eq!(
            tab.value(&format!("{mark}.color")).await,
            tab.value(text).await
        );
        tab.screenshot(&format!("forced-colors-{dark}")).await;
    }
}

/// Whoever needs more room between letters, words and lines still reads everything (WCAG 2.2, 1.4.12).
#[tokio::test]
async fn a_page_bears_wider_spacing() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let gallery = Server::start(&[]).await;
    let narrow = Person {
        width: 320,
        ..Person::default()
    };
    let tab = browser.tab(narrow).await;
    for language in Language::ALL {
        for reason in [Reason::InstanceActive, Reason::InstanceOverdue] {
            tab.open(&gallery.page(reason, language)).await;
            let cut_off = "(() => { for (const one of document.querySelectorAll('body *')) Object.assign(one.style, \
                { letterSpacing: '.12em', wordSpacing: '.16em', lineHeight: '1.5' }); \
                const seen = [...document.querySelectorAll('main *:not(.unseen)')]; \
                return [document.documentElement, ...seen].filter((one) => one.scrollWidth > one.clientWidth + 1 \
                && getComputedStyle(one).display !== 'inline').map((one) => one.tagName); })()";
            let cut_off = tab.value(cut_off).await;
            assert_eq!(cut_off, json!([]), "{} {}", reason.code(), language.tag());
        }
    }
}
