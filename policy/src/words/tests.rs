//! What is true of every text in every language.

use super::*;
use crate::reason::Actor;
use crate::remedy::Remedy;
use alloc::borrow::ToOwned as _;

/// The word by which each language calls for a person's help.
const fn support(language: Language) -> &'static str {
    match language {
        Language::English => "support",
        Language::French => "assistance",
        Language::German => "Support",
        Language::Japanese => "サポート",
        Language::Portuguese => "suporte",
        Language::Spanish => "soporte",
    }
}

/// The word by which each language calls another account.
const fn other(language: Language) -> &'static str {
    match language {
        Language::English => "another account",
        Language::French => "autre compte",
        Language::German => "anderes Konto",
        Language::Japanese => "別のアカウント",
        Language::Portuguese => "outra conta",
        Language::Spanish => "otra cuenta",
    }
}

fn everything_said(language: Language) -> impl Iterator<Item = (&'static str, Words)> {
    let reasons = Reason::ALL.map(|reason| (reason.code(), reason.words(language)));
    reasons
        .into_iter()
        .chain([("admitted", language.admitted())])
}

fn every_label(language: Language) -> [&'static str; 20] {
    let Labels {
        another_account,
        check_now,
        contact_support,
        log_in,
        log_out,
        open_app,
        try_again,
        logged_in_as,
        reference,
        progress,
        steps: [created, set_up, ready],
        done,
        elapsed,
    } = *language.labels();
    let Elapsed {
        before,
        after: _,
        moment,
        minute,
        hour,
        day,
    } = elapsed;
    [
        another_account,
        check_now,
        contact_support,
        log_in,
        log_out,
        open_app,
        try_again,
        logged_in_as,
        reference,
        progress,
        created,
        set_up,
        ready,
        done,
        before,
        moment,
        minute.many,
        hour.one,
        hour.many,
        day.one,
    ]
}

#[test]
fn every_text_is_whole_sentences_and_names_a_next_step() {
    for language in Language::ALL {
        for (
            code,
            Words {
                title,
                detail,
                next,
            },
        ) in everything_said(language)
        {
            let context = alloc::format!("{code} in {}", language.tag());
            assert!(title.chars().count() > 3, "{context}");
            assert!(!title.ends_with(['.', '。', ' ']), "{context}");
            for sentence in [detail, next] {
                assert!(sentence.ends_with(['.', '。']), "{context}");
                assert!(
                    !sentence.contains("  ") && !sentence.starts_with(' '),
                    "{context}"
                );
            }
        }
    }
}

#[test]
fn no_label_is_empty() {
    for language in Language::ALL {
        for label in every_label(language) {
            assert!(!label.trim().is_empty(), "{}", language.tag());
        }
    }
}

#[test]
fn nothing_is_left_in_english() {
    let translations = Language::ALL
        .into_iter()
        .filter(|one| *one != Language::English);
    for language in translations {
        let english = everything_said(Language::English);
        for ((code, words), (_, english)) in everything_said(language).zip(english) {
            let context = alloc::format!("{code} in {}", language.tag());
            assert_ne!(words.title, english.title, "{context}");
            assert_ne!(words.detail, english.detail, "{context}");
            assert_ne!(words.next, english.next, "{context}");
        }
        // French minutes are written as English ones.
        let english = every_label(Language::English).into_iter();
        for (label, english) in every_label(language).into_iter().zip(english) {
            assert!(
                label != english || english == " minutes",
                "`{label}` in {}",
                language.tag()
            );
        }
    }
}

#[test]
fn no_two_reasons_have_the_same_heading() {
    for language in Language::ALL {
        let titles: alloc::vec::Vec<_> = everything_said(language)
            .map(|(_, words)| words.title)
            .collect();
        for (position, title) in titles.iter().enumerate() {
            assert!(!titles[position + 1..].contains(title), "{title}");
        }
    }
}

/// What is to be typed stands in backticks, or is an address.
fn prose(text: &str) -> alloc::string::String {
    let outside = text.split('`').step_by(2);
    outside.collect::<alloc::vec::Vec<_>>().concat()
}

/// A narrow space that does not break before `;`, `?` and `!`, a full one before `:` (Imprimerie nationale), and `’`.
#[test]
fn french_signs_have_their_space() {
    let spaced = [
        (';', '\u{202f}'),
        ('?', '\u{202f}'),
        ('!', '\u{202f}'),
        (':', '\u{a0}'),
    ];
    let labels = every_label(Language::French).map(str::to_owned);
    let said = everything_said(Language::French)
        .flat_map(|(_, words)| [words.title, words.detail, words.next].map(prose));
    for text in said.chain(labels) {
        assert!(!text.contains(['\'', '"']), "{text}");
        for (sign, space) in spaced {
            let mut pieces: alloc::vec::Vec<_> = text.split(sign).collect();
            pieces.pop();
            assert!(
                pieces.iter().all(|before| before.ends_with(space)),
                "{text}"
            );
        }
    }
}

#[test]
fn japanese_signs_are_as_wide_as_its_letters() {
    let labels = every_label(Language::Japanese).map(str::to_owned);
    let said = everything_said(Language::Japanese)
        .flat_map(|(_, words)| [words.title, words.detail, words.next].map(prose));
    for text in said.chain(labels) {
        assert!(
            !text.contains([':', '?', '!', ',', '(', ')', ';']),
            "{text}"
        );
    }
}

/// What somebody types or looks for is the same whoever reads of it.
#[test]
fn what_is_to_be_typed_is_never_translated() {
    for (reason, typed) in [
        (Reason::CookieNotKept, "ookie"),
        (Reason::CredentialAmbiguous, "Authorization"),
        (Reason::IllegalTransition, "provisioning"),
        (Reason::IllegalTransition, "active"),
        (Reason::IllegalTransition, "ready"),
        (Reason::MethodNotAllowed, "Allow"),
        (Reason::Misconfigured, "/.usher/ready"),
        (Reason::OperatorRequired, "`Authorization: Bearer`"),
        (Reason::OperatorRequired, "USHER_ADMIN_SECRET"),
        (Reason::PathAmbiguous, "`.`"),
        (Reason::PathAmbiguous, "`..`"),
    ] {
        for language in Language::ALL {
            let words = reason.words(language);
            let said = [words.title, words.detail, words.next].concat();
            assert!(said.contains(typed), "{} lacks {typed}", language.tag());
        }
    }
}

#[test]
fn whoever_is_sent_to_somebody_finds_the_way_on_the_page() {
    for language in Language::ALL {
        for reason in Reason::ALL {
            let context = alloc::format!("{} in {}", reason.code(), language.tag());
            let next = reason.words(language).next;
            let english = reason.words(Language::English).next;
            for (word, english_word, remedy) in [
                (support(language), "support", Remedy::Support),
                (other(language), "another account", Remedy::AnotherAccount),
            ] {
                let says = next.contains(word);
                assert_eq!(says, english.contains(english_word), "{context}");
                assert!(!says || reason.remedies().contains(&remedy), "{context}");
            }
        }
    }
}

#[test]
fn nobody_who_only_has_to_wait_is_sent_to_support() {
    for reason in Reason::ALL
        .into_iter()
        .filter(|reason| reason.actor() == Actor::Nobody)
    {
        for language in Language::ALL {
            let next = reason.words(language).next;
            assert!(!next.contains(support(language)), "{}", reason.code());
        }
        assert!(reason.retry_after().is_some(), "{}", reason.code());
    }
}

#[test]
fn words_of_a_status_never_contradict_it() {
    for reason in [
        Reason::InstanceActive,
        Reason::InstanceProvisioning,
        Reason::InstanceOverdue,
    ] {
        let words = reason.words(Language::English);
        assert!(
            !words.title.contains("is ready") && !words.detail.contains("is active"),
            "{}",
            reason.code()
        );
    }
}
