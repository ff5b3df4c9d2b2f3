//! Puts tokens to a street: at the location where nobody is remembered, and at the other between requests of whom they might be taken for.

use futures_util::StreamExt as _;
use futures_util::stream;
use tests::vectors::Expected;

use super::Token;
use super::answer::{Answer, Carried};
use super::street::{Person, Street};

/// So many are asked at once.
const AT_ONCE: usize = 8;

/// So many faults are shown.
const SHOWN: usize = 20;

/// One token on its way, and what comes of it where nobody is remembered.
struct Cold<'a> {
    token: &'a Token,
    carried: Carried,
    answer: Answer,
}

impl Street {
    /// Holds every token to what is stated, and every answer to the first one.
    pub(super) async fn judge(&self, tokens: &[Token], good: &[String]) {
        let (hostile, honest): (Vec<&Token>, Vec<&Token>) = tokens
            .iter()
            .partition(|token| token.expected == Expected::Refuse);
        let mut faults = Vec::new();
        let mut cold = Vec::new();
        // Whoever is let in elsewhere comes last, so that nobody there could be taken for them.
        for group in [hostile, honest] {
            cold.extend(self.ask_elsewhere(group, &mut faults).await);
        }
        assert!(cold.len() > 500, "only {} questions", cold.len());
        let warm =
            stream::iter(&cold).map(|cold| self.ask_again(cold, likest(&cold.token.text, good)));
        let mut warm = warm.buffer_unordered(AT_ONCE);
        while let Some(found) = warm.next().await {
            faults.extend(found);
        }
        let shown = faults.iter().take(SHOWN).cloned().collect::<Vec<_>>();
        assert!(
            faults.is_empty(),
            "{} faults of {} questions, such as\n{}",
            faults.len(),
            cold.len(),
            shown.join("\n")
        );
    }

    async fn ask_elsewhere<'a>(
        &self,
        tokens: Vec<&'a Token>,
        faults: &mut Vec<String>,
    ) -> Vec<Cold<'a>> {
        let questions = tokens
            .into_iter()
            .enumerate()
            .filter_map(|(number, token)| {
                // In turns as the one and as the other, where a header can say it.
                let ways = Carried::ALL.into_iter().cycle().skip(number % 2).take(2);
                let mut ways = ways.filter(|carried| carried.header(&token.text).is_some());
                Some((token, ways.next()?))
            });
        let asked = stream::iter(questions).map(async |(token, carried)| {
            let gate = self.elsewhere();
            let answer = self.ask(gate, "/", carried, &token.text).await;
            let me = self.ask(gate, "/.usher/me", carried, &token.text).await;
            let fault = self.stated(token, &answer).or_else(|| slow(&me, &answer));
            let cold = Cold {
                token,
                carried,
                answer,
            };
            let fault = fault.map(|fault| cold.fault("elsewhere", &fault));
            (cold, fault)
        });
        let asked: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
        let (cold, found): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        faults.extend(found.into_iter().flatten());
        cold
    }

    /// The same answer whatever memory answers, and whoever came just before.
    async fn ask_again(&self, cold: &Cold<'_>, good: &str) -> Vec<String> {
        let (text, carried) = (&cold.token.text, cold.carried);
        let gate = &self.gate.direct;
        let ask = || self.ask(gate, "/", carried, text);
        let friend = || self.ask(gate, "/", carried, good);
        let (before, first) = (friend().await, ask().await);
        let (second, between, third) = tokio::join!(ask(), friend(), ask());
        let (answers, friends) = ([first, second, third], [before, between]);
        let me = self.ask(gate, "/.usher/me", carried, text).await;
        let mut faults: Vec<String> = slow(&me, &cold.answer)
            .map(|fault| cold.fault("here", &fault))
            .into_iter()
            .collect();
        for answer in answers.iter().filter(|answer| **answer != cold.answer) {
            let fault = format!(
                "is answered with {answer:?}, and elsewhere with {:?}",
                cold.answer
            );
            faults.push(cold.fault("here", &fault));
        }
        for answer in friends.iter().filter(|answer| !answer.is_in()) {
            faults.push(cold.fault("here", &format!("keeps a good token out: {answer:?}")));
        }
        faults
    }

    /// What is wrong with an answer, as the verdict has it.
    fn stated(&self, token: &Token, answer: &Answer) -> Option<String> {
        let is = |identity| {
            let person = Person::named(identity);
            person.is_some_and(|person| answer.is_as(&person, self))
        };
        let right = match &token.expected {
            Expected::Refuse => !answer.is_in(),
            Expected::Accept | Expected::Either(None) => true,
            Expected::AcceptAs(identity) => is(identity),
            Expected::Either(Some(identity)) => !answer.is_in() || is(identity),
        };
        (!right).then(|| format!("must be {}, and is {answer:?}", token.expected))
    }
}

/// What is wrong if the way that always waits says something else.
fn slow(me: &Answer, answer: &Answer) -> Option<String> {
    let same = if answer.is_in() {
        me.status == 200
    } else {
        (me.status, me.reason()) == (answer.status, answer.reason())
    };
    (!same).then(|| format!("is {me:?} to the way that waits, and {answer:?}"))
}

/// The good token that has most of a beginning in common with this one.
fn likest<'g>(text: &str, good: &'g [String]) -> &'g str {
    let common = |other: &&String| {
        let pairs = text.bytes().zip(other.bytes());
        pairs.take_while(|(one, other)| one == other).count()
    };
    good.iter().max_by_key(common).expect("a good token")
}

impl Cold<'_> {
    fn fault(&self, place: &str, fault: &str) -> String {
        let Token { about, text, .. } = self.token;
        let shown: String = text.chars().take(100).collect();
        format!(
            "{about} as {:?} {place}: {fault}\n    {}",
            self.carried,
            shown.escape_debug()
        )
    }
}
