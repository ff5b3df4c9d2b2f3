//! `USHER_ISSUERS` as it is given. What its entries mean is read by `policy`.

use policy::issuer::Issuer;
use policy::issuer_entry::{KeySource, Reading};

use super::Mistakes;
use super::surroundings::{Surroundings, nearest};

pub(super) fn read(given: &Surroundings, mistakes: &mut Mistakes) -> (Vec<Issuer>, Vec<KeySource>) {
    let known = mistakes.0.len();
    let Some(list) = given.json("USHER_ISSUERS", mistakes) else {
        if mistakes.0.len() == known {
            given.required_text("USHER_ISSUERS", mistakes);
        }
        return (Vec::new(), Vec::new());
    };
    let reading = Reading {
        development: given.text("USHER_DEVELOPMENT").as_deref() == Some("true"),
        nearest,
        secret: &|name, mistakes| given.secret(name, mistakes),
    };
    reading.issuers(&list, mistakes)
}
