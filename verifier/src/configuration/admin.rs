//! The operator's secret of the gate, and the name of the variable it came from.

use std::fmt;

/// How the gate's admin API is used.
#[derive(Clone)]
pub(crate) struct Admin {
    pub(super) variable: String,
    pub(crate) secret: String,
}

impl Admin {
    /// The environment variable that holds the secret: what a printed command refers to.
    pub(crate) fn variable(&self) -> &str {
        &self.variable
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin")
            .field("variable", &self.variable)
            .finish_non_exhaustive()
    }
}
