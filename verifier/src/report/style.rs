//! Colour, where it is welcome. The text says everything without it.

use crate::report::Look;

/// What a colour means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tone {
    /// It needs somebody.
    Bad,
    /// A heading.
    Heading,
    /// It is as it should be.
    Good,
    /// Beside the point.
    Quiet,
    /// It could not be found out.
    Unsure,
}

impl Look {
    pub(crate) fn paint(self, tone: Tone, text: &str) -> String {
        // ECMA-48, SGR.
        let code = match tone {
            Tone::Bad => "1;31",
            Tone::Heading => "1",
            Tone::Good => "32",
            Tone::Quiet => "2",
            Tone::Unsure => "33",
        };
        if self.coloured {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
