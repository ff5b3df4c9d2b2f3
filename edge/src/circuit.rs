//! Whether the authority is asked at all. While it fails, asking costs every visitor its time limit and costs the authority what it
//! needs to recover; so after some failures in a row nobody asks for a while, then one tries, and as it answers, more and more.
//!
//! It decides about nobody: all it ever says is "not asked", which is what a failing authority says as well. One an isolate, for
//! isolates share nothing.

use std::cell::Cell;
use std::time::Duration;

use policy::time::Moment;

/// Failures in a row after which nobody asks.
const TOLERATED: u32 = 5;

/// How long nobody asks, less a fifth or more by a fifth, so that isolates do not come back together.
const REST: Duration = Duration::from_secs(5);

/// The longest rest that an authority can ask for (`Retry-After`).
const LONGEST_REST: Duration = Duration::from_mins(1);

/// As many at once as are under way before all may ask again.
const RECOVERED: u32 = 32;

/// After this time an answer that never came (its request was cancelled) holds back nobody.
const LOST_AFTER: Duration = Duration::from_secs(3);

/// The circuit of one isolate.
#[derive(Debug, Default)]
pub(crate) struct Circuit {
    state: Cell<State>,
    turn: Cell<u32>,
}

/// The leave to ask once. Its outcome counts only while the circuit is as it was then: failures that were under way when it opened say
/// nothing new.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Leave {
    turn: u32,
}

/// What came of asking.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// An answer, whatever it says: a record that cannot be trusted is one person's, and must not count against others.
    Answered,
    /// None.
    Failed,
    /// It asks to be left alone for this long.
    Later(Duration),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// Everybody may ask; so many failures in a row.
    Closed { failures: u32 },
    /// Nobody may ask between these two; before them the clock was set back.
    Open { from: Moment, until: Moment },
    /// So many may ask at once.
    Recovering {
        at_once: u32,
        under_way: u32,
        last: Moment,
    },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl Circuit {
    /// Leave to ask, or none.
    pub(crate) fn leave(&self, now: Moment) -> Option<Leave> {
        match self.state.get() {
            State::Closed { .. } => {}
            State::Open { .. } if self.rests(now) => return None,
            State::Open { .. } => {
                self.enter(State::Recovering {
                    at_once: 1,
                    under_way: 1,
                    last: now,
                });
            }
            State::Recovering {
                at_once,
                under_way,
                last,
            } => {
                let lost = now.since(last) >= LOST_AFTER;
                if under_way >= at_once && !lost {
                    return None;
                }
                self.state.set(State::Recovering {
                    at_once,
                    under_way: if lost { 1 } else { under_way + 1 },
                    last: now,
                });
            }
        }
        Some(Leave {
            turn: self.turn.get(),
        })
    }

    /// Whether nobody may ask at this moment.
    pub(crate) fn rests(&self, now: Moment) -> bool {
        match self.state.get() {
            State::Open { from, until } => from <= now && now < until,
            State::Closed { .. } | State::Recovering { .. } => false,
        }
    }

    /// Notes what came of it; true if from now on nobody asks. `luck` is a random number.
    pub(crate) fn note(&self, leave: Leave, outcome: Outcome, now: Moment, luck: u32) -> bool {
        if leave.turn != self.turn.get() {
            return false;
        }
        match (outcome, self.state.get()) {
            (Outcome::Answered, State::Closed { .. }) => {
                self.state.set(State::Closed { failures: 0 });
            }
            (
                Outcome::Answered,
                State::Recovering {
                    at_once,
                    under_way,
                    last,
                },
            ) => self.state.set(if at_once + 1 >= RECOVERED {
                State::Closed { failures: 0 }
            } else {
                // One more with every answer: twice as many with every round.
                State::Recovering {
                    at_once: at_once + 1,
                    under_way: under_way.saturating_sub(1),
                    last,
                }
            }),
            (Outcome::Failed, State::Closed { failures }) if failures + 1 < TOLERATED => {
                self.state.set(State::Closed {
                    failures: failures + 1,
                });
            }
            (Outcome::Failed, State::Closed { .. } | State::Recovering { .. }) => {
                return self.rest(now, REST * 4 / 5 + fraction(REST * 2 / 5, luck));
            }
            (Outcome::Later(asked), State::Closed { .. } | State::Recovering { .. }) => {
                let asked = asked.min(LONGEST_REST);
                return self.rest(now, asked + fraction(Duration::from_secs(1), luck));
            }
            // Nobody has leave of this turn.
            (Outcome::Answered | Outcome::Failed | Outcome::Later(_), State::Open { .. }) => {}
        }
        false
    }

    fn rest(&self, now: Moment, rest: Duration) -> bool {
        self.enter(State::Open {
            from: now,
            until: now.plus(rest),
        });
        true
    }

    fn enter(&self, state: State) {
        self.turn.set(self.turn.get().wrapping_add(1));
        self.state.set(state);
    }
}

/// A random part of a span.
fn fraction(span: Duration, luck: u32) -> Duration {
    span * (luck % 1000) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_unix_seconds(1_900_000_000);
    const SECOND: Duration = Duration::from_secs(1);

    fn fail(circuit: &Circuit, times: u32) {
        for _ in 0..times {
            let leave = circuit.leave(NOW).unwrap();
            circuit.note(leave, Outcome::Failed, NOW, 500);
        }
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_an_answer_between_them_does_not() {
        let circuit = Circuit::default();
        fail(&circuit, 4);
        let leave = circuit.leave(NOW).unwrap();
        circuit.note(leave, Outcome::Answered, NOW, 0);
        fail(&circuit, 5);
        assert_eq!(circuit.leave(NOW), None);
    }

    #[test]
    fn nobody_asks_for_four_to_six_seconds() {
        for (luck, rest) in [(0, 4000), (500, 5000), (999, 5998)] {
            let circuit = Circuit::default();
            fail(&circuit, 4);
            let leave = circuit.leave(NOW).unwrap();
            assert!(circuit.note(leave, Outcome::Failed, NOW, luck));
            let before = NOW.plus(Duration::from_millis(rest - 1));
            assert_eq!(circuit.leave(before), None);
            assert!(
                circuit
                    .leave(NOW.plus(Duration::from_millis(rest)))
                    .is_some()
            );
        }
    }

    #[test]
    fn one_tries_at_a_time_and_a_lost_one_does_not_block_for_ever() {
        let circuit = Circuit::default();
        fail(&circuit, 5);
        let later = NOW.plus(SECOND * 6);
        assert!(circuit.leave(later).is_some());
        assert_eq!(circuit.leave(later.plus(SECOND * 2)), None);
        assert!(circuit.leave(later.plus(LOST_AFTER)).is_some());
        assert_eq!(circuit.leave(later.plus(LOST_AFTER)), None);
    }

    #[test]
    fn as_it_answers_more_may_ask_and_in_the_end_all() {
        let circuit = Circuit::default();
        fail(&circuit, 5);
        let later = NOW.plus(SECOND * 6);
        let mut widths = Vec::new();
        while widths.len() < 6 {
            let leaves: Vec<Leave> = std::iter::from_fn(|| circuit.leave(later))
                .take(100)
                .collect();
            widths.push(leaves.len());
            for leave in leaves {
                circuit.note(leave, Outcome::Answered, later, 0);
            }
        }
        assert_eq!(widths, [1, 2, 4, 8, 16, 100]);
    }

    #[test]
    fn a_failure_while_it_recovers_opens_it_again() {
        let circuit = Circuit::default();
        fail(&circuit, 5);
        let later = NOW.plus(SECOND * 6);
        let leave = circuit.leave(later).unwrap();
        assert!(circuit.note(leave, Outcome::Failed, later, 0));
        assert_eq!(circuit.leave(later.plus(SECOND * 3)), None);
    }

    #[test]
    fn what_was_under_way_when_it_opened_neither_prolongs_nor_ends_the_rest() {
        let circuit = Circuit::default();
        let early: Vec<Leave> = (0..20).filter_map(|_| circuit.leave(NOW)).collect();
        fail(&circuit, 5);
        let late = NOW.plus(SECOND * 3);
        for leave in &early {
            circuit.note(*leave, Outcome::Failed, late, 999);
        }
        assert_eq!(circuit.leave(late), None);
        circuit.note(early[0], Outcome::Answered, late, 999);
        assert_eq!(circuit.leave(late), None);
        assert!(circuit.leave(NOW.plus(SECOND * 6)).is_some());
    }

    #[test]
    fn an_authority_that_asks_for_rest_gets_it_at_once_and_at_most_a_minute_of_it() {
        for (asked, rest) in [(2, 2), (60, 60), (86_400, 60)] {
            let circuit = Circuit::default();
            let leave = circuit.leave(NOW).unwrap();
            circuit.note(leave, Outcome::Later(SECOND * asked), NOW, 0);
            assert_eq!(circuit.leave(NOW.plus(SECOND * rest).minus(SECOND)), None);
            assert!(circuit.leave(NOW.plus(SECOND * rest)).is_some());
        }
    }

    #[test]
    fn a_clock_that_jumps_back_never_unbalances_it() {
        let circuit = Circuit::default();
        fail(&circuit, 5);
        let later = NOW.plus(SECOND * 6);
        let leave = circuit.leave(later).unwrap();
        circuit.note(leave, Outcome::Answered, NOW.minus(SECOND * 100), 0);
        assert!(circuit.leave(NOW.minus(SECOND * 100)).is_some());
        let circuit = Circuit::default();
        fail(&circuit, 5);
        assert!(circuit.leave(NOW.minus(SECOND * 3_000_000_000)).is_some());
    }
}
