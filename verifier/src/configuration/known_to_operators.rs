//! What an operator knows of a deployment before anything is sent, for commands that read a part of the file.

use crate::configuration::file::Target;
use crate::configuration::name::{BuiltIn, Values};
use crate::configuration::secret::NamedSecret;

/// The names that say where the deployment is, and what they and the secrets stand for.
pub(super) fn known_to_operators(
    target: Option<&Target>,
    secrets: &[NamedSecret],
) -> (Values, Vec<BuiltIn>) {
    let gate = target.and_then(|target| target.gate.as_ref());
    let app = target.and_then(|target| Some(&target.app.as_ref()?.value));
    let identity = target.and_then(|target| target.identity.as_ref());
    let known = [
        (BuiltIn::App, gate.or(app)),
        (BuiltIn::Gate, gate),
        (BuiltIn::Identity, identity),
    ];
    let known = known.map(|(name, address)| Some((name, address?)));
    let known: Vec<_> = known.into_iter().flatten().collect();
    let addresses = known
        .iter()
        .map(|(name, address)| (name.name(), address.as_str().into()));
    let secrets = secrets
        .iter()
        .map(|secret| (secret.name.clone(), secret.value.as_str().into()));
    let values = Values::of(addresses.chain(secrets));
    (values, known.into_iter().map(|(name, _)| name).collect())
}
