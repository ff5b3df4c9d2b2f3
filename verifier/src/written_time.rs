//! Times as others write them.

use serde_json::Value;

/// A time as services write it: RFC 3339, the same without a zone (then it is UTC), or seconds or milliseconds since 1970.
pub(crate) fn unix_seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => {
            let number = number
                .as_u64()
                .or_else(|| number.as_f64().filter(|float| *float >= 0.0).map(whole))?;
            Some(if number >= FIRST_MILLIS {
                number / 1000
            } else {
                number
            })
        }
        Value::String(text) => {
            let moment = text.parse::<jiff::Timestamp>().ok();
            // Databases leave the zone out; what they keep without one is UTC on every platform that keeps it right.
            let civil = || text.parse::<jiff::civil::DateTime>().ok();
            let moment = moment.or_else(|| {
                let zoned = civil()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
                Some(zoned.timestamp())
            })?;
            u64::try_from(moment.as_second()).ok()
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a fraction of a second is no matter, and whoever calls has seen that it is not below zero"
)]
const fn whole(seconds: f64) -> u64 {
    seconds as u64
}

/// As seconds, this is in the year 5138; as milliseconds, in 1973.
const FIRST_MILLIS: u64 = 100_000_000_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_read_however_a_service_writes_it() {
        for written in [
            json!("2026-11-22T02:00:00Z"),
            json!("2026-11-22T03:00:00.123+01:00"),
            json!("2026-11-22 02:00:00"),
            json!("2026-11-22T02:00:00.5"),
            json!(1_795_312_800),
            json!(1_795_312_800_123_u64),
            json!(1_795_312_800.9),
        ] {
            assert_eq!(unix_seconds(&written), Some(1_795_312_800), "{written}");
        }
        for wrong in [json!(null), json!(-1), json!("yesterday"), json!(true)] {
            assert_eq!(unix_seconds(&wrong), None, "{wrong}");
        }
    }
}
