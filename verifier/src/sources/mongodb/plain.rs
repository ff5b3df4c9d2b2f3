//! A document as JSON that is compared with what other places say: an `ObjectId` is its digits, a date is RFC 3339, a number is a number.

use std::fmt::Write as _;

use bson::spec::BinarySubtype;
use bson::{Binary, Bson, DateTime, Timestamp};
use serde_json::{Number, Value};

/// As whoever writes the same value elsewhere would write it. What has no such form is extended JSON.
pub(crate) fn plain(value: Bson) -> Value {
    match value {
        Bson::Double(number) => real(number),
        Bson::String(text) | Bson::Symbol(text) | Bson::JavaScriptCode(text) => text.into(),
        Bson::Array(items) => items.into_iter().map(plain).collect(),
        Bson::Document(document) => document
            .into_iter()
            .map(|(name, value)| (name, plain(value)))
            .collect(),
        Bson::Boolean(truth) => truth.into(),
        Bson::Null | Bson::Undefined => Value::Null,
        Bson::Int32(number) => number.into(),
        Bson::Int64(number) => number.into(),
        Bson::Timestamp(Timestamp { time, .. }) => {
            time_of(DateTime::from_millis(i64::from(time) * 1000))
        }
        Bson::Binary(binary) => bytes(&binary),
        Bson::ObjectId(id) => id.to_hex().into(),
        Bson::DateTime(time) => time_of(time),
        Bson::Decimal128(number) => number.to_string().into(),
        other @ (Bson::RegularExpression(_)
        | Bson::JavaScriptCodeWithScope(_)
        | Bson::MaxKey
        | Bson::MinKey
        | Bson::DbPointer(_)) => other.into_relaxed_extjson(),
    }
}

/// A whole number that was written from JavaScript is a real one to the server, and the same number to whoever compares.
fn real(number: f64) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked: it has no fraction and is exact as a real number"
    )]
    if number.fract() == 0.0 && number.abs() <= EXACT {
        return (number as i64).into();
    }
    Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
}

/// Years of five digits have no such form; milliseconds since 1970 are a time as well.
fn time_of(time: DateTime) -> Value {
    let millis = time.timestamp_millis();
    match time.try_to_rfc3339_string() {
        Ok(text) if millis <= LAST_OF_9999 => text.into(),
        Ok(_) | Err(_) => millis.into(),
    }
}

/// A UUID as such, anything else in hexadecimal digits, as other sources have bytes.
fn bytes(binary: &Binary) -> Value {
    if binary.subtype == BinarySubtype::Uuid
        && let Ok(uuid) = uuid::Uuid::from_slice(&binary.bytes)
    {
        return uuid.to_string().into();
    }
    let digits = binary.bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    });
    digits.into()
}

/// The last millisecond of the year 9999.
const LAST_OF_9999: i64 = 253_402_300_799_999;

/// Every whole number up to here is one of its own (2 to the power of 53).
const EXACT: f64 = 9_007_199_254_740_992.0;

#[cfg(test)]
mod tests {
    use bson::oid::ObjectId;
    use bson::{bson, doc};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_joins_is_written_as_everybody_writes_it() {
        let id = ObjectId::parse_str("65f000000000000000000001").unwrap();
        let uuid = bson::Uuid::parse_str("0189c2e4-3f50-7000-8000-000000000001").unwrap();
        let document = doc! {
            "_id": id,
            "at": DateTime::from_millis(1_767_225_600_123),
            "long": 9_007_199_254_740_993_i64,
            "int": 7,
            "from_js": 7.0,
            "half": 0.5,
            "uuid": uuid,
            "bytes": Binary { subtype: BinarySubtype::Generic, bytes: vec![1, 255] },
            "decimal": "1.10".parse::<bson::Decimal128>().unwrap(),
            "list": [bson!({ "id": id }), Bson::Null],
        };
        assert_eq!(
            plain(document.into()),
            json!({
                "_id": "65f000000000000000000001",
                "at": "2026-01-01T00:00:00.123Z",
                "long": 9_007_199_254_740_993_i64,
                "int": 7,
                "from_js": 7,
                "half": 0.5,
                "uuid": "0189c2e4-3f50-7000-8000-000000000001",
                "bytes": "01ff",
                "decimal": "1.10",
                "list": [{ "id": "65f000000000000000000001" }, null],
            })
        );
    }

    #[test]
    fn what_no_form_fits_is_still_there() {
        assert_eq!(plain(Bson::Double(f64::NAN)), json!("NaN"));
        assert_eq!(plain(Bson::DateTime(DateTime::MAX)), json!(i64::MAX));
        assert_eq!(plain(Bson::MaxKey), json!({ "$maxKey": 1 }));
    }
}
