//! The question whether a signature is an issuer's. Asked here, answered outside: by WebCrypto in the Worker, by a native
//! library in the verifier and the tests.

use core::future::Future;

use crate::issuer::{Algorithm, Issuer};

/// Checks signatures.
pub trait SignatureCheck {
    /// Whether the signature is the issuer's. Keys come from configuration or the issuer, never from the token, and each key is
    /// used with exactly one algorithm.
    fn check(
        &self,
        question: &SignatureQuestion<'_>,
    ) -> impl Future<Output = Result<(), SignatureFailure>>;
}

/// One signature to be checked.
#[derive(Clone, Copy, Debug)]
pub struct SignatureQuestion<'a> {
    /// Whose it should be.
    pub issuer: &'a Issuer,
    /// How it was made: one of the issuer's algorithms. Only keys of this algorithm may answer.
    pub algorithm: Algorithm,
    /// The `kid` of the header: an opaque name to compare with, never part of an address, a query or a storage key.
    pub key_id: Option<&'a str>,
    /// What was signed: header and payload as they came, with the dot.
    pub signed: &'a [u8],
    /// The signature, decoded; its length is right for the algorithm.
    pub signature: &'a [u8],
}

/// Why a signature was not confirmed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignatureFailure {
    /// The keys could not be had, so nobody can tell.
    KeysUnavailable,
    /// The issuer has no such key.
    UnknownKey,
    /// The signature is wrong.
    Wrong,
}
