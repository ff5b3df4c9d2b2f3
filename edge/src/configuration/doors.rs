//! Which host is which door.

use policy::door::{Address, Doors};

use super::surroundings::Surroundings;
use super::{AuthoritySetting, Mistakes};

pub(super) fn read(
    given: &Surroundings,
    authority: &AuthoritySetting,
    mistakes: &mut Mistakes,
) -> Doors {
    let domain = given
        .text("USHER_APP_DOMAIN")
        .filter(|domain| !domain.is_empty());
    let app_domain = domain.and_then(|domain| host("USHER_APP_DOMAIN", &domain, mistakes));
    let shared = given.list("USHER_SHARED_HOSTS", mistakes);
    let shared = shared
        .iter()
        .filter_map(|shared| host("USHER_SHARED_HOSTS", shared, mistakes));
    let doors = Doors {
        app_domain,
        shared: shared.collect(),
    };
    match authority {
        AuthoritySetting::Kv if doors != Doors::default() => mistakes.note(
            "USHER_APP_DOMAIN and USHER_SHARED_HOSTS need to know whose each host is, and KV does not: set USHER_AUTHORITY to \
             `registry` or `control-plane`, or leave both out"
                .to_owned(),
        ),
        AuthoritySetting::ControlPlane(_) | AuthoritySetting::Kv | AuthoritySetting::Registry => {}
    }
    doors
}

fn host(name: &str, text: &str, mistakes: &mut Mistakes) -> Option<Address> {
    let host = Address::new(text);
    if host.is_none() {
        mistakes.note(format!(
            "{name} has `{text}`; give a host in lower case without scheme and port, such as `apps.example.com`"
        ));
    }
    host
}
