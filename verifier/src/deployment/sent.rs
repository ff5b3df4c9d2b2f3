//! A request as data, and the same one as a command for a shell.

use reqwest::Method;
use serde::{Serialize, Serializer};

use crate::redaction::Secrets;

/// What is sent.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sent {
    #[serde(serialize_with = "as_word")]
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

fn as_word<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.as_str())
}

impl Sent {
    /// Without headers: no `accept` either, so that a printed curl line asks for just the same.
    pub(crate) fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn get(url: &str) -> Self {
        Self::new(Method::GET, url.to_owned())
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without this header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// With a token (RFC 6750 section 2.1).
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// The same request for a shell.
    pub(crate) fn curl(&self, secrets: &Secrets) -> String {
        let mut words = vec!["curl -i".to_owned()];
        if self.method != Method::GET {
            words.push(format!("-X {}", self.method));
        }
        words.extend(
            self.headers.iter().map(|(name, value)| {
                format!("-H {}", quoted(&format!("{name}: {value}"), secrets))
            }),
        );
        words.extend(
            self.body
                .iter()
                .map(|body| format!("-d {}", quoted(body, secrets))),
        );
        words.push(quoted(&self.url, secrets));
        words.join(" ")
    }
}

/// A word for a POSIX shell: in single quotes, or in double quotes if a variable has to be expanded in it.
fn quoted(text: &str, secrets: &Secrets) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('$', "\\$")
        .replace('`', "\\`");
    let named = secrets.name_in(&escaped);
    if named == escaped {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        format!("\"{named}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::SecretName;

    fn request(body: &str) -> Sent {
        Sent {
            method: Method::POST,
            url: "https://a.example/x?y='1'".into(),
            headers: vec![("authorization".into(), "Bearer t0k3n-of-a-visitor".into())],
            body: Some(body.into()),
        }
    }

    #[test]
    fn a_curl_line_can_be_run_and_names_its_secrets() {
        let secrets = Secrets::default();
        secrets.remember(SecretName::Token, "t0k3n-of-a-visitor");
        assert_eq!(
            request(r#"{"cost":"$5"}"#).curl(&secrets),
            r#"curl -i -X POST -H "authorization: Bearer $TOKEN" -d '{"cost":"$5"}' 'https://a.example/x?y='\''1'\'''"#
        );
    }

    #[test]
    fn a_quoted_variable_is_the_only_thing_a_shell_expands() {
        let secrets = Secrets::default();
        secrets.remember(SecretName::Password, "p4ssw0rd-p4ssw0rd");
        assert_eq!(
            quoted(r#"{"p":"p4ssw0rd-p4ssw0rd","c":"`$HOME`"}"#, &secrets),
            r#""{\"p\":\"$PASSWORD\",\"c\":\"\`\$HOME\`\"}""#
        );
    }
}
