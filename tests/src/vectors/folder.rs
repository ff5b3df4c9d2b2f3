//! The folder of vectors: which files it has, and of which kind each is.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::case::Case;
use super::document::Unreadable;
use super::report::FileReport;
use super::workerd::Workerd;
use super::{
    cookbook, ed25519_edges, http_requests, jose, json_texts, key_endpoint, key_sets, paths,
    policy_tokens, raw_signatures, return_addresses, storage_keys, strings,
};

/// A folder of vectors.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
    files: Vec<String>,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Examples of the RFCs, one a file.
    Cookbook,
    /// Edge cases of Ed25519.
    Ed25519Edges,
    /// Requests for a running gate.
    HttpRequests,
    /// Encrypted tokens.
    JoseEncryptions,
    /// Keys for signed texts.
    JoseKeys,
    /// Signed texts.
    JoseSignatures,
    /// Texts that are JSON or not.
    JsonTexts,
    /// Answers of a key endpoint.
    KeySets,
    /// Examples of the RFCs, a key and a text in files of their own.
    Latchset,
    /// Paths.
    Paths,
    /// Tokens under a policy.
    PolicyTokens,
    /// Bare signatures made with ES256.
    RawEs256,
    /// Bare signatures made with `EdDSA`.
    RawEdDsa,
    /// Bare tags made with HS256.
    RawHs256,
    /// Bare signatures made with RS256.
    RawRs256,
    /// Where to go after logging in.
    ReturnAddresses,
    /// Pairs of people.
    StorageKeys,
    /// Hostile texts.
    Strings,
    /// What the web's standard makes of addresses.
    WebAddresses,
}

/// Every file that a complete folder has, in the order in which they are judged; a name that ends with `/` is a folder.
const FILES: [(&str, Kind); 22] = [
    ("gate/jwt_policy_vectors.json", Kind::PolicyTokens),
    ("gate/jwks_cases.json", Kind::KeySets),
    ("gate/kv_key_pairs.json", Kind::StorageKeys),
    ("gate/http_request_cases.json", Kind::HttpRequests),
    (
        "wycheproof/json_web_signature_test.json",
        Kind::JoseSignatures,
    ),
    ("wycheproof/json_web_key_test.json", Kind::JoseKeys),
    (
        "wycheproof/json_web_encryption_test.json",
        Kind::JoseEncryptions,
    ),
    (
        "wycheproof/rsa_signature_2048_sha256_test.json",
        Kind::RawRs256,
    ),
    (
        "wycheproof/ecdsa_secp256r1_sha256_p1363_test.json",
        Kind::RawEs256,
    ),
    ("wycheproof/ed25519_test.json", Kind::RawEdDsa),
    ("wycheproof/hmac_sha256_test.json", Kind::RawHs256),
    ("rfc-cookbook/", Kind::Cookbook),
    ("rfc-latchset/", Kind::Latchset),
    ("ed25519/speccheck_cases.json", Kind::Ed25519Edges),
    ("json/jsontestsuite.json", Kind::JsonTexts),
    ("url/path_cases.json", Kind::Paths),
    ("url/return_to_cases.json", Kind::ReturnAddresses),
    ("url/urltestdata.json", Kind::WebAddresses),
    ("strings/blns.json", Kind::Strings),
    ("strings/crlfinjection.txt", Kind::Strings),
    ("strings/directory_traversal.txt", Kind::Strings),
    ("strings/", Kind::Strings),
];

/// What lies beside the vectors and is none.
const NO_VECTORS: [&str; 4] = [
    "README.md",
    "licenses/",
    "wycheproof/schemas/",
    "wycheproof/errata.json",
];

impl Folder {
    /// Looks what is there.
    pub fn open(root: &Path) -> Result<Self, FolderError> {
        let mut files = Vec::new();
        collect(root, "", &mut files).map_err(|error| FolderError {
            root: root.to_owned(),
            problem: error.to_string(),
        })?;
        files.sort();
        let folder = Self {
            root: root.to_owned(),
            files,
        };
        if folder.parts().is_empty() {
            return Err(FolderError {
                root: root.to_owned(),
                problem: "no file in it has the name of a file of vectors".to_owned(),
            });
        }
        Ok(folder)
    }

    /// What is there to be judged, by name and kind.
    pub fn parts(&self) -> Vec<(String, Kind)> {
        let known = FILES.iter().filter(|(name, _)| *name != "strings/");
        let known = known.filter(|(name, _)| self.below(name).next().is_some());
        let mut parts: Vec<_> = known
            .map(|(name, kind)| ((*name).to_owned(), *kind))
            .collect();
        // Every list of texts is one of hostile strings, whatever its name.
        for name in self.below("strings/") {
            if !parts.iter().any(|(known, _)| known == name) {
                parts.push((name.to_owned(), Kind::Strings));
            }
        }
        parts
    }

    /// The files that a complete folder has and this one lacks.
    pub fn missing(&self) -> Vec<&'static str> {
        let names = FILES.iter().map(|(name, _)| *name);
        names
            .filter(|name| self.below(name).next().is_none())
            .collect()
    }

    /// The files that nobody knows what to do with.
    pub fn unknown(&self) -> Vec<&str> {
        let files = self.files.iter().map(String::as_str);
        files.filter(|file| !is_known(file)).collect()
    }

    /// A file as JSON.
    pub fn json(&self, name: &str) -> Result<Value, Unreadable> {
        let text = self.text(name)?;
        serde_json::from_str(&text)
            .map_err(|error| Unreadable(format!("{name} is no JSON: {error}")))
    }

    /// Judges the cases of a part.
    pub async fn put(
        &self,
        name: &str,
        kind: Kind,
        workerd: &Workerd,
    ) -> Result<FileReport, Unreadable> {
        if kind == Kind::HttpRequests {
            return http_requests::put(name, &self.json(name)?).await;
        }
        let addresses = match kind {
            Kind::ReturnAddresses => Some(return_addresses::hostile(&self.json(name)?)?),
            Kind::WebAddresses => Some(return_addresses::whatwg(&self.json(name)?)?),
            Kind::Cookbook
            | Kind::Ed25519Edges
            | Kind::HttpRequests
            | Kind::JoseEncryptions
            | Kind::JoseKeys
            | Kind::JoseSignatures
            | Kind::JsonTexts
            | Kind::KeySets
            | Kind::Latchset
            | Kind::Paths
            | Kind::PolicyTokens
            | Kind::RawEdDsa
            | Kind::RawEs256
            | Kind::RawHs256
            | Kind::RawRs256
            | Kind::StorageKeys
            | Kind::Strings => None,
        };
        if let Some(addresses) = addresses {
            return Ok(return_addresses::put(name, &addresses, workerd).await);
        }
        let cases = self.cases(name, kind)?;
        let mut report = super::put(name, &cases, workerd).await;
        if kind == Kind::PolicyTokens {
            report.notes = policy_tokens::notes(&self.json(name)?);
        }
        if kind == Kind::KeySets {
            key_endpoint::put(&self.json(name)?, &mut report).await?;
        }
        Ok(report)
    }

    /// The cases of a part; none where a part is put in a way of its own.
    pub fn cases(&self, name: &str, kind: Kind) -> Result<Vec<Case>, Unreadable> {
        Ok(match kind {
            Kind::Cookbook => self.examples(name, cookbook::cookbook)?,
            Kind::Ed25519Edges => ed25519_edges::cases(&self.json(name)?)?,
            Kind::JoseEncryptions => jose::encryptions(&self.json(name)?)?,
            Kind::JoseKeys => jose::signatures(&self.json(name)?, true)?,
            Kind::JoseSignatures => jose::signatures(&self.json(name)?, false)?,
            Kind::JsonTexts => json_texts::cases(&self.json(name)?)?,
            Kind::KeySets => key_sets::cases(&self.json(name)?)?,
            Kind::Latchset => {
                self.examples(name, |name, text| cookbook::latchset(name, text, self))?
            }
            Kind::Paths => paths::cases(&self.json(name)?)?,
            Kind::PolicyTokens => policy_tokens::cases(&self.json(name)?)?,
            Kind::RawEdDsa => raw_signatures::public(&self.json(name)?, "EdDSA")?,
            Kind::RawEs256 => raw_signatures::public(&self.json(name)?, "ES256")?,
            Kind::RawHs256 => raw_signatures::tags(&self.json(name)?)?,
            Kind::RawRs256 => raw_signatures::public(&self.json(name)?, "RS256")?,
            Kind::StorageKeys => storage_keys::cases(&self.json(name)?)?,
            Kind::Strings => strings::cases(&strings::texts(&self.text(name)?)),
            // Put in their own ways.
            Kind::HttpRequests | Kind::ReturnAddresses | Kind::WebAddresses => Vec::new(),
        })
    }

    fn examples(
        &self,
        name: &str,
        cases: impl Fn(&str, &str) -> Vec<Case>,
    ) -> Result<Vec<Case>, Unreadable> {
        let mut all = Vec::new();
        for file in self.below(name) {
            let short = file.strip_prefix(name).unwrap_or(file);
            all.extend(cases(short, &self.text(file)?));
        }
        Ok(all)
    }

    /// A file of `rfc-latchset/` as JSON. Some hold only the name of another one: links, stored as text.
    pub(super) fn linked_json(&self, name: &str) -> Option<Value> {
        let text = self.text(&format!("rfc-latchset/{name}")).ok()?;
        let text = match serde_json::from_str(&text) {
            Ok(value) => return Some(value),
            Err(_) => self.text(&format!("rfc-latchset/{}", text.trim())).ok()?,
        };
        serde_json::from_str(&text).ok()
    }

    fn text(&self, name: &str) -> Result<String, Unreadable> {
        let bytes = fs::read(self.root.join(name));
        let bytes = bytes.map_err(|error| Unreadable(format!("{name} cannot be read: {error}")))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn below(&self, name: &str) -> impl Iterator<Item = &str> {
        let files = self.files.iter().map(String::as_str);
        files.filter(move |file| *file == name || (name.ends_with('/') && file.starts_with(name)))
    }
}

fn is_known(file: &str) -> bool {
    let names = FILES.iter().map(|(name, _)| *name).chain(NO_VECTORS);
    names
        .into_iter()
        .any(|name| file == name || (name.ends_with('/') && file.starts_with(name)))
}

fn collect(root: &Path, below: &str, files: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(root, &format!("{name}/"), files)?;
        } else {
            files.push(name);
        }
    }
    Ok(())
}

/// A folder that holds no vectors.
#[derive(Debug)]
pub struct FolderError {
    root: PathBuf,
    problem: String,
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` cannot be used as a folder of vectors: {}; give one that is laid out like ../shared/vectors",
            self.root.display(),
            self.problem
        )
    }
}
