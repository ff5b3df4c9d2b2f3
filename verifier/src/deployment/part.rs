//! What stands in one part of an answer.

use cookie_store::RawCookie;
use html5gum::{Token, Tokenizer};
use reqwest::Url;
use serde_json::Value;

use crate::configuration::answer_part::AnswerPart;
use crate::configuration::url_parameter::{Found, UrlParameter, UrlPart};
use crate::deployment::exchange::Answer;

/// The value, if the answer has this part; `url` is what the answer is of.
pub(crate) fn part_of(answer: &Answer, part: &AnswerPart, url: &str) -> Option<Value> {
    match part {
        AnswerPart::Cookie(name) => cookie(answer, name).map(Value::String),
        AnswerPart::Header(name) => {
            let value = answer.header(name.as_str())?;
            let absolute = (name.as_str() == LOCATION)
                .then(|| location(answer, url))
                .flatten();
            Some(Value::String(
                absolute.map_or_else(|| value.to_owned(), |url| url.to_string()),
            ))
        }
        AnswerPart::Input(name) => attribute(&answer.body, b"input", name, b"value"),
        AnswerPart::Json(pointer) => {
            let body: Value = answer.json()?;
            body.pointer(pointer.as_str()).cloned()
        }
        AnswerPart::Location(parameter) => {
            let found = parameter.of(&location(answer, url)?)?;
            Some(Value::String(found.value))
        }
        AnswerPart::Meta(name) => attribute(&answer.body, b"meta", name, b"content"),
    }
}

/// The part as it stands in the answer, where that is not its value.
pub(crate) fn raw_of(answer: &Answer, part: &AnswerPart, url: &str) -> Option<String> {
    match part {
        AnswerPart::Location(parameter) => Some(parameter.of(&location(answer, url)?)?.raw),
        AnswerPart::Cookie(_)
        | AnswerPart::Header(_)
        | AnswerPart::Input(_)
        | AnswerPart::Json(_)
        | AnswerPart::Meta(_) => None,
    }
}

/// Every parameter of the address that the answer redirects to.
pub(crate) fn location_parameters(answer: &Answer, url: &str) -> Vec<Found> {
    let location = location(answer, url);
    let of_part = |part: UrlPart| location.iter().flat_map(move |url| part.parameters(url));
    UrlPart::ALL.into_iter().flat_map(of_part).collect()
}

/// What there is instead of a part that is missing, where that says more than that it is missing.
pub(crate) fn instead_of(answer: &Answer, part: &AnswerPart, url: &str) -> Option<String> {
    let AnswerPart::Location(parameter) = part else {
        return None;
    };
    let Some(location) = location(answer, url) else {
        return Some(format!(
            "its status is {}, and it redirects nowhere",
            answer.status
        ));
    };
    if let Some(said) = refusal(&location) {
        return Some(said);
    }
    let elsewhere = UrlPart::ALL.into_iter().find(|&part| {
        let there = UrlParameter {
            part,
            name: parameter.name.clone(),
        };
        part != parameter.part && there.of(&location).is_some()
    });
    if let Some(part) = elsewhere {
        return Some(format!(
            "it is in its {0}: `{0}.{1}`",
            part.word(),
            parameter.name
        ));
    }
    let names = parameter.part.parameters(&location);
    let names: Vec<String> = names.map(|found| format!("`{}`", found.name)).collect();
    let to = format!(
        "{}{}",
        location.origin().ascii_serialization(),
        location.path()
    );
    Some(if names.is_empty() {
        format!("it redirects to {to}, without anything there")
    } else {
        format!("it redirects to {to}, with {} there", names.join(", "))
    })
}

/// What an OAuth server says in place of what was asked for (RFC 6749 sections 4.1.2.1 and 4.2.2.1).
fn refusal(location: &Url) -> Option<String> {
    let find = |name: &str| {
        let mut all = UrlPart::ALL
            .into_iter()
            .flat_map(|part| part.parameters(location));
        all.find_map(|found| (found.name == name).then_some(found.value))
    };
    let error = find("error")?;
    Some(match find("error_description") {
        Some(words) => format!("it says `{error}`: {words}"),
        None => format!("it says `{error}`"),
    })
}

/// Where the answer redirects to. That may be given relative to the address that was asked (RFC 9110 section 10.2.2).
fn location(answer: &Answer, url: &str) -> Option<Url> {
    Url::parse(url).ok()?.join(answer.header(LOCATION)?).ok()
}

const LOCATION: &str = "location";

/// The last cookie of this name, which is the one that a browser keeps.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let cookies = answer
        .all("set-cookie")
        .filter_map(|line| RawCookie::parse(line).ok());
    cookies
        .filter(|cookie| cookie.name() == name)
        .last()
        .map(|cookie| cookie.value().to_owned())
}

/// An attribute of the first tag of this kind and name, as a browser reads it: in any order, with any quotes, entities decoded.
fn attribute(html: &str, tag: &[u8], name: &str, wanted: &[u8]) -> Option<Value> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for Ok(token) in Tokenizer::new(html) {
        if let Token::StartTag(found) = token
            && found.name.0 == tag
            && found
                .attributes
                .get(b"name".as_slice())
                .is_some_and(|value| ***value == *name.as_bytes())
        {
            let value = found.attributes.get(wanted)?;
            return Some(Value::String(text(value)));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::value::JsonPointer;

    fn answer(body: &str, headers: &[(&str, &str)]) -> Answer {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Answer {
            status: 200,
            headers: headers.iter().map(owned).collect(),
            body: body.to_owned(),
            truncated: false,
        }
    }

    #[test]
    fn a_hidden_field_is_found_as_a_browser_reads_it() {
        let page = r#"<!-- <input name=csrf value=comment> --><form><INPUT value='a&amp;"b' type=hidden name="csrf"></form>
            <meta content="m" name='csrf-token'><input name=empty>"#;
        let answer = answer(page, &[]);
        let found = |part| part_of(&answer, &part, "https://a.example/");
        assert_eq!(
            found(AnswerPart::Input("csrf".into())),
            Some("a&\"b".into())
        );
        assert_eq!(
            found(AnswerPart::Meta("csrf-token".into())),
            Some("m".into())
        );
        assert_eq!(found(AnswerPart::Input("empty".into())), None);
        assert_eq!(found(AnswerPart::Input("other".into())), None);
    }

    #[test]
    fn cookies_headers_and_json_are_found_by_name() {
        let answer = answer(
            r#"{"a":{"b":[7]}}"#,
            &[
                ("set-cookie", "sid=old; Path=/"),
                ("set-cookie", "sid=new=; HttpOnly"),
                ("location", "../next?x=1"),
            ],
        );
        let found = |part| part_of(&answer, &part, "https://a.example/b/c");
        assert_eq!(found(AnswerPart::Cookie("sid".into())), Some("new=".into()));
        let location = AnswerPart::Header("location".parse().unwrap());
        assert_eq!(found(location), Some("https://a.example/next?x=1".into()));
        let parameter = |text| AnswerPart::Location(UrlParameter::parse(text).unwrap());
        assert_eq!(found(parameter("query.x")), Some("1".into()));
        let pointer = JsonPointer::parse("/a/b/0".to_owned()).unwrap();
        assert_eq!(found(AnswerPart::Json(pointer)), Some(7.into()));
    }

    #[test]
    fn where_a_parameter_is_missing_it_is_said_what_is_there() {
        let code = AnswerPart::Location(UrlParameter::parse("query.code").unwrap());
        for (location, said) in [
            (
                "/cb?error=access_denied&error_description=not+today",
                "it says `access_denied`: not today",
            ),
            ("/cb#error=server_error", "it says `server_error`"),
            ("/cb#code=secret", "it is in its fragment: `fragment.code`"),
            (
                "/login?next=%2F&token=secret",
                "it redirects to https://a.example/login, with `next`, `token` there",
            ),
            (
                "/cb",
                "it redirects to https://a.example/cb, without anything there",
            ),
        ] {
            let answer = answer("", &[("location", location)]);
            let found = instead_of(&answer, &code, "https://a.example/authorize");
            assert_eq!(found.as_deref(), Some(said), "{location}");
        }
        let found = instead_of(&answer("", &[]), &code, "https://a.example/authorize");
        let nowhere = "its status is 200, and it redirects nowhere";
        assert_eq!(found.as_deref(), Some(nowhere));
    }
}
