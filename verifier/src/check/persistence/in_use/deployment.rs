//! A database of MongoDB, as an address leads to it: by any of its servers, or by a name for them all.

use std::fmt;

use mongodb::options::{ConnectionString, HostInfo, ServerAddress};

/// It, without who asks it.
#[derive(Debug)]
pub(super) struct Deployment {
    hosts: Hosts,
    database: String,
}

#[derive(Debug)]
enum Hosts {
    /// `mongodb+srv://`: its DNS records list the servers.
    Name(String),
    Servers(Vec<String>),
}

impl Deployment {
    /// Nothing where the address is wrong, or nobody says which database.
    pub(super) fn of(address: &str, database: Option<&str>) -> Option<Self> {
        let parsed = ConnectionString::parse(address).ok()?;
        let database = database.map(str::to_owned).or(parsed.default_database)?;
        let hosts = match parsed.host_info {
            HostInfo::DnsRecord(name) => Hosts::Name(name.to_ascii_lowercase()),
            HostInfo::HostIdentifiers(servers) => {
                Hosts::Servers(servers.iter().map(server).collect())
            }
            _ => return None,
        };
        Some(Self { hosts, database })
    }

    /// Whether two addresses can be held against each other without asking for names.
    pub(super) const fn is_comparable(&self, other: &Self) -> bool {
        matches!(
            (&self.hosts, &other.hosts),
            (Hosts::Name(_), Hosts::Name(_)) | (Hosts::Servers(_), Hosts::Servers(_))
        )
    }
}

/// The names of this machine are one.
fn server(address: &ServerAddress) -> String {
    let text = address.to_string().to_ascii_lowercase();
    match text.split_once(':') {
        Some(("127.0.0.1", port)) => format!("localhost:{port}"),
        Some(_) | None => text,
    }
}

/// One server in common is enough: the others of a replica set are found by it.
impl PartialEq for Deployment {
    fn eq(&self, other: &Self) -> bool {
        let is_same_place = match (&self.hosts, &other.hosts) {
            (Hosts::Name(one), Hosts::Name(other)) => one == other,
            (Hosts::Servers(some), Hosts::Servers(others)) => {
                some.iter().any(|one| others.contains(one))
            }
            (Hosts::Name(_), Hosts::Servers(_)) | (Hosts::Servers(_), Hosts::Name(_)) => false,
        };
        is_same_place && self.database == other.database
    }
}

impl Eq for Deployment {}

impl fmt::Display for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts = match &self.hosts {
            Hosts::Name(name) => name.clone(),
            Hosts::Servers(servers) => servers.join(","),
        };
        write!(f, "the MongoDB database `{}` at {hosts}", self.database)
    }
}
