//! What stands in one part of an answer.

use cookie_store::RawCookie;
use html5gum::{Token, Tokenizer};
use reqwest::Url;
use serde_json::Value;

use crate::configuration::answer_part::AnswerPart;
use crate::deployment::exchange::Answer;

/// The value, if the answer has this part; `url` is what the answer is of.
pub(crate) fn part_of(answer: &Answer, part: &AnswerPart, url: &str) -> Option<Value> {
    match part {
        AnswerPart::Cookie(name) => cookie(answer, name).map(Value::String),
        AnswerPart::Header(name) => {
            let value = answer.header(name.as_str())?;
            // An address may be given relative to the one that was asked (RFC 9110 section 10.2.2).
            let absolute = (name.as_str() == "location")
                .then(|| Url::parse(url).ok()?.join(value).ok())
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
        AnswerPart::Meta(name) => attribute(&answer.body, b"meta", name, b"content"),
    }
}

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
        let pointer = JsonPointer::parse("/a/b/0".to_owned()).unwrap();
        assert_eq!(found(AnswerPart::Json(pointer)), Some(7.into()));
    }
}
