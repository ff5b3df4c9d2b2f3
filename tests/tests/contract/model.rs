//! What a table with the contract does, said a second time: by [`Status::step`] on one row in memory.

use policy::status::{IllegalTransition, Status};

/// A row as it stands in a table, right or wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Row {
    pub(crate) status: Option<String>,
    pub(crate) from: Option<String>,
}

/// What an UPDATE writes.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) status: Write,
    pub(crate) from: Write,
}

/// What an UPDATE does with one column.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Write {
    /// It does not mention it.
    Leave,
    Set(Option<String>),
}

impl Write {
    fn over(&self, old: Option<&String>) -> Option<String> {
        match self {
            Self::Leave => old.cloned(),
            Self::Set(new) => new.clone(),
        }
    }
}

impl Row {
    /// The row by itself is as the contract says.
    pub(crate) fn read(&self) -> Option<(Status, Option<Status>)> {
        let status = Status::parse(self.status.as_deref()?).ok()?;
        let from = match &self.from {
            None => None,
            Some(word) => Some(suspendable(word)?),
        };
        (from.is_some() == (status == Status::Suspended)).then_some((status, from))
    }

    /// What the row is after the change; `None` where it must be refused. A database that `fills` completes `from` where the
    /// writer has not changed it.
    pub(crate) fn after(&self, change: &Change, fills: bool) -> Option<Self> {
        let mut new = Self {
            status: change.status.over(self.status.as_ref()),
            from: change.from.over(self.from.as_ref()),
        };
        if fills && new.status != self.status && new.from == self.from {
            let suspended = new.status.as_deref() == Some(Status::Suspended.word());
            new.from = if suspended { self.status.clone() } else { None };
        }
        let (status, from) = new.read()?;
        let Some((was, was_from)) = self.lenient() else {
            return Some(new);
        };
        let legal = if status == was {
            was_from.is_none() || from == was_from
        } else {
            was.step(was_from, status).is_ok() && (status != Status::Suspended || from == Some(was))
        };
        legal.then_some(new)
    }

    /// Why this step is illegal, where the row is right and the step by itself is what is wrong.
    pub(crate) fn illegal_step(&self, next: &str) -> Option<IllegalTransition> {
        let (was, was_from) = self.read()?;
        let next = Status::parse(next).ok()?;
        (next != was)
            .then(|| was.step(was_from, next).err())
            .flatten()
    }

    /// The status, where it is one, and what of `from` means anything with it.
    fn lenient(&self) -> Option<(Status, Option<Status>)> {
        let status = Status::parse(self.status.as_deref()?).ok()?;
        let from = self.from.as_deref().and_then(suspendable);
        Some((status, from.filter(|_| status == Status::Suspended)))
    }
}

fn suspendable(word: &str) -> Option<Status> {
    Status::parse(word)
        .ok()
        .filter(|status| *status != Status::Suspended)
}

/// Every word, nothing, and texts that are almost words.
pub(crate) fn written() -> Vec<Option<String>> {
    let words = Status::ALL.map(Status::word);
    let texts = words
        .into_iter()
        .chain(["Ready", "ready ", "rea", "running", ""]);
    let texts = texts.map(|text| Some(text.to_owned()));
    texts.chain([None]).collect()
}

/// Rows of old: every status, one that nobody knows and none, with every `suspended_from`.
pub(crate) fn rows_of_old() -> Vec<Row> {
    let words: Vec<Option<String>> = Status::ALL
        .iter()
        .map(|status| Some(status.word().to_owned()))
        .chain([Some("running".to_owned()), None])
        .collect();
    let pairs = words.iter().flat_map(|status| {
        words.iter().map(|from| Row {
            status: status.clone(),
            from: from.clone(),
        })
    });
    pairs.collect()
}

/// Every UPDATE of the status, of `suspended_from`, and of both.
pub(crate) fn changes() -> Vec<Change> {
    let columns: Vec<_> = [Write::Leave]
        .into_iter()
        .chain(written().into_iter().map(Write::Set))
        .collect();
    let pairs = columns.iter().flat_map(|status| {
        columns.iter().map(|from| Change {
            status: status.clone(),
            from: from.clone(),
        })
    });
    pairs
        .filter(|change| change.status != Write::Leave || change.from != Write::Leave)
        .collect()
}
