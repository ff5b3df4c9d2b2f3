//! Whether an input got past the reader. A law that only ever sees what is refused says little, so the taken ones are counted.

/// What became of one input that kept the law.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It was read as something.
    Taken,
    /// It was refused, or it is no input of this kind.
    Refused,
}

impl Outcome {
    pub(crate) const fn taken_if(taken: bool) -> Self {
        if taken { Self::Taken } else { Self::Refused }
    }
}
