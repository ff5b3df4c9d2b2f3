//! At which door a visitor knocks: that of their own instance, or that of the instance which answers at the host they came to.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::standing::Identity;

/// At which door a visitor knocks.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub enum Door {
    /// Their own instance's, at a host that everybody shares.
    #[default]
    Own,
    /// That of the instance at this address.
    At(Address),
}

/// The address of an instance: a label below the platform's domain (`guy` for `guy.apps.example.com`), or a host of its own
/// (`app.guy.example`). A label has no dot and a host has one, so neither is ever taken for the other.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Address(String);

impl Address {
    /// Longest host (RFC 1035 section 2.3.4).
    pub const MAX_BYTES: usize = 253;

    /// Takes a host or a single label in lower case: 1 to 63 of `a-z 0-9 -` in each part, none of them at an end a `-`
    /// (RFC 1123 section 2.1). Names beyond ASCII come as their A-labels, `xn--…`, as in a request.
    pub fn new(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(allowed)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let plausible = text.len() <= Self::MAX_BYTES && text.split('.').all(is_label);
        plausible.then(|| Self(text.to_owned()))
    }

    /// The label or the host.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who knocks where.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Knock {
    /// Who.
    pub identity: Identity,
    /// Where.
    pub door: Door,
}

impl Knock {
    /// Somebody at the door of their own instance.
    pub fn own(identity: Identity) -> Self {
        Self {
            identity,
            door: Door::Own,
        }
    }
}

/// Which host is which door.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Doors {
    /// Each host one label below this one is the address of an instance.
    pub app_domain: Option<Address>,
    /// At these hosts everybody reaches their own instance, and every other is an instance's own. None: at every host that is
    /// not below `app_domain`.
    pub shared: Vec<Address>,
}

/// A host that can be no door: no instance could ever have it as its address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NoDoor;

impl Doors {
    /// The door at this host, in lower case and without port.
    pub fn door(&self, host: &str) -> Result<Door, NoDoor> {
        if let Some(domain) = &self.app_domain
            && let Some(label) = host
                .strip_suffix(domain.as_str())
                .and_then(|rest| rest.strip_suffix('.'))
        {
            // Two labels would be taken for the host of somebody who has it.
            let single = Address::new(label).filter(|_| !label.contains('.'));
            return single.map(Door::At).ok_or(NoDoor);
        }
        if self.shared.is_empty() || self.shared.iter().any(|shared| shared.as_str() == host) {
            return Ok(Door::Own);
        }
        match Address::new(host) {
            // A single label is nobody's own host; it would be taken for one below the platform's domain.
            Some(address) if host.contains('.') => Ok(Door::At(address)),
            Some(_) | None => Err(NoDoor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn at(text: &str) -> Door {
        Door::At(Address::new(text).unwrap())
    }

    fn doors(shared: &[&str]) -> Doors {
        Doors {
            app_domain: Address::new("apps.example.com"),
            shared: shared
                .iter()
                .filter_map(|host| Address::new(host))
                .collect(),
        }
    }

    #[test]
    fn without_configuration_everybody_reaches_their_own_instance_at_every_host() {
        for host in ["app.example.com", "127.0.0.1", "[::1]", "localhost", ""] {
            assert_eq!(Doors::default().door(host), Ok(Door::Own));
        }
    }

    #[test]
    fn a_host_below_the_domain_is_the_door_of_its_label_and_no_deeper() {
        let doors = doors(&[]);
        assert_eq!(doors.door("guy.apps.example.com"), Ok(at("guy")));
        assert_eq!(doors.door("apps.example.com"), Ok(Door::Own));
        assert_eq!(doors.door("guyapps.example.com"), Ok(Door::Own));
        for host in [
            ".apps.example.com",
            "-a.apps.example.com",
            "a_b.apps.example.com",
        ] {
            assert_eq!(doors.door(host), Err(NoDoor), "{host}");
        }
    }

    #[test]
    fn a_label_never_opens_the_door_of_a_host_nor_a_host_that_of_a_label() {
        let doors = doors(&["app.example.com"]);
        assert_eq!(doors.door("a.b.apps.example.com"), Err(NoDoor));
        assert_eq!(doors.door("guy"), Err(NoDoor));
    }

    #[test]
    fn a_host_that_is_not_shared_is_somebodys_own() {
        let doors = doors(&["app.example.com"]);
        assert_eq!(doors.door("app.example.com"), Ok(Door::Own));
        assert_eq!(doors.door("app.guy.example"), Ok(at("app.guy.example")));
        for host in ["[::1]", "app.guy.example.", "", "a..b"] {
            assert_eq!(doors.door(host), Err(NoDoor), "{host}");
        }
    }

    #[test]
    fn an_address_is_a_host_as_requests_have_it() {
        for text in ["guy", "xn--bcher-kva.example", "a.b.c", &"a".repeat(63)] {
            assert!(Address::new(text).is_some(), "{text}");
        }
        let long = vec!["a".repeat(63); 4].join(".");
        for text in [
            "",
            "Guy",
            "a..b",
            ".a",
            "a.",
            "-a",
            "a-",
            "a b",
            "ä",
            "a:1",
            "a/b",
            &long,
            &"a".repeat(64),
        ] {
            assert_eq!(Address::new(text), None, "{text}");
        }
    }
}
