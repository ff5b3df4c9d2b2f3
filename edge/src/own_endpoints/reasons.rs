//! `/.usher/reasons`: every reason code and what it means; what `type` of a problem points to.

use policy::reason::Reason;
use serde_json::json;

use crate::incoming::Incoming;
use crate::page::Answer;

pub(super) fn answer(incoming: &Incoming) -> Answer {
    let language = incoming.language();
    let reasons = Reason::ALL.map(|reason| {
        let words = reason.words(language);
        json!({
            "reason": reason.code(),
            "status": reason.http_status(),
            "title": words.title,
            "detail": words.detail,
            "next": words.next,
            "retry_after": reason.retry_after(),
        })
    });
    Answer::json(200, &json!({ "reasons": reasons }), &incoming.id).language(language)
}
