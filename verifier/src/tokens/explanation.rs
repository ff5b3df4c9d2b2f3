//! What is known of one token, as data: what the reports are rendered from.

use policy::refusal::Refusal;
use serde::Serialize;

use crate::outcome::{ExitCode, Outcome};

/// Everything that was looked at, and the verdict.
#[derive(Debug, Serialize)]
pub(crate) struct Explanation {
    /// Grows when a program that reads the JSON report would have to change.
    pub(crate) schema_version: u32,
    /// What the token was judged by.
    pub(crate) judged_by: String,
    /// What of that counts on this machine only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    pub(crate) judged_at_unix_seconds: u64,
    pub(crate) lines: Vec<Line>,
    pub(crate) verdict: Verdict,
    pub(crate) exit_code: u8,
}

impl Explanation {
    /// The version of what `--report json` writes.
    pub(crate) const SCHEMA_VERSION: u32 = 1;
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) topic: Topic,
    pub(crate) outcome: Outcome,
    pub(crate) says: String,
}

impl Line {
    pub(crate) const fn new(topic: Topic, outcome: Outcome, says: String) -> Self {
        Self {
            topic,
            outcome,
            says,
        }
    }
}

/// What can be looked at, in the order of the report.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Topic {
    Form,
    Header,
    Issuer,
    Provider,
    Algorithm,
    Keys,
    Key,
    Signature,
    Claims,
    Audience,
    Party,
    Expires,
    NotBefore,
    Issued,
    Subject,
    Email,
}

impl Topic {
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Header => "header",
            Self::Issuer => "issuer",
            Self::Provider => "provider",
            Self::Algorithm => "algorithm",
            Self::Keys => "keys",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Claims => "claims",
            Self::Audience => "audience",
            Self::Party => "party",
            Self::Expires => "expires",
            Self::NotBefore => "not before",
            Self::Issued => "issued",
            Self::Subject => "subject",
            Self::Email => "e-mail",
        }
    }
}

/// What the gate would do with the token.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// It would know its bearer.
    Admitted,
    /// The signature is right; there was nothing to judge the rest by.
    SignatureRight,
    /// It would refuse.
    Refused {
        /// The stable code that the visitor is told.
        reason: &'static str,
        http_status: u16,
        why: String,
        cure: String,
    },
    /// Nobody can tell from here.
    CouldNotLook { why: String, cure: String },
}

impl Verdict {
    pub(crate) fn refused(refusal: &Refusal, cure: String) -> Self {
        let reason = refusal.reason();
        Self::Refused {
            reason: reason.code(),
            http_status: reason.http_status(),
            why: refusal.to_string(),
            cure,
        }
    }

    pub(crate) const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Admitted | Self::SignatureRight => ExitCode::Passed,
            Self::Refused { .. } => ExitCode::Failed,
            Self::CouldNotLook { .. } => ExitCode::Broken,
        }
    }
}
