//! Text of others, made harmless: nothing of it moves the cursor, hides a part of the line, or turns it round.

use std::fmt::Write as _;

use serde_json::Value;

/// The text with every character escaped that a terminal would obey instead of show.
pub(crate) fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_obeyed(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// The value as JSON, indented. What stands in JSON's own white space is ours; a control character is always part of a text.
pub(crate) fn json(value: &Value) -> String {
    escaped(&format!("{value:#}"))
}

/// The value as JSON in one line.
pub(crate) fn json_line(value: &Value) -> String {
    escaped(&value.to_string())
}

fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + 1);
    for character in json.chars() {
        if is_obeyed(character) && character != '\n' {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _infallible = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(character);
        }
    }
    text.push('\n');
    text
}

/// Control characters (C0, DEL, C1), and what Unicode hides or reverses text with (UAX #9, "Trojan Source").
fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let hostile = "a\x1b]0;x\x07\r\u{9b}2J\u{202e}b\u{7f}\n\u{e0041}";
        assert!(!harmless(hostile).chars().any(is_obeyed));
        assert_eq!(harmless("Zoë – ok"), "Zoë – ok");
    }

    #[test]
    fn escaped_json_says_the_same() {
        let value = serde_json::json!({ "a": "\u{9b}2J\u{202e}\x1b\n\u{e0041}" });
        let text = json(&value);
        assert!(
            !text
                .chars()
                .any(|character| is_obeyed(character) && character != '\n')
        );
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
