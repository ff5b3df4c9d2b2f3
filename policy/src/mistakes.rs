//! What is wrong with a configuration.

use alloc::string::String;
use alloc::vec::Vec;

/// Everything that is wrong with the configuration, one sentence each, without any secret value.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Mistakes(pub Vec<String>);

impl Mistakes {
    /// One more.
    pub fn note(&mut self, sentence: String) {
        self.0.push(sentence);
    }
}
