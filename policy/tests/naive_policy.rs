//! The rule book a second time, written from the contract's table and not from the code, as plainly as possible. The two must
//! agree on everything small and on much that is random.

use std::time::Duration;

use policy::decision::Place;
use policy::rule::Rule;
use policy::status::Status;
use proptest::prelude::*;

use crate::domain::{Age, FoundOut, Known, NOW, PLACES, every_finding, judged, visitor};

/// The contract's table, row by row.
fn naive(found_out: FoundOut, place: Place) -> Rule {
    let (known, age, authority_answers) = match found_out {
        FoundOut::Unreadable | FoundOut::SomeoneElses(_) => return Rule::UnreadableStanding,
        FoundOut::FailedNeverSeen => return Rule::AuthorityUnavailable,
        FoundOut::Answered(known) => (known, Age::Past(Duration::ZERO), true),
        FoundOut::Remembered(known, age) => (known, age, true),
        FoundOut::Failed(known, age) => (known, age, false),
    };
    let age_millis = match age {
        Age::Past(age) => age.as_millis(),
        Age::Ahead(lead) if lead > Duration::from_secs(5) => return Rule::AuthorityUnavailable,
        Age::Ahead(_) => 0,
    };
    let has_instance = !matches!(
        known,
        Known::Stranger | Known::NeedsInvitation | Known::NoInstance | Known::OwnerWithout
    );
    let ready = matches!(
        known,
        Known::Has(Status::Ready)
            | Known::OwnerWith(Status::Ready)
            | Known::SignedOut(Status::Ready)
    );
    let usable_for = if has_instance { 60_000 } else { 2_000 };
    let usable = age_millis < usable_for;
    let in_grace = !authority_answers && ready && age_millis < 900_000;
    if !usable && !in_grace {
        return Rule::AuthorityUnavailable;
    }
    if matches!(known, Known::SignedOut(_)) {
        return Rule::SessionEnded;
    }
    let owner = matches!(known, Known::OwnerWith(_) | Known::OwnerWithout);
    if owner && place == Place::PlatformRoot {
        return Rule::OwnerAtRoot;
    }
    match known {
        Known::NeedsInvitation => Rule::NeedsInvitation,
        Known::Stranger | Known::NoInstance | Known::OwnerWithout => Rule::NoInstance,
        Known::Overdue(_) => Rule::InstanceOverdue,
        Known::Has(status) | Known::OwnerWith(status) | Known::SignedOut(status) => match status {
            Status::Provisioning => Rule::InstanceProvisioning,
            Status::Active => Rule::InstanceActive,
            Status::Ready if usable => Rule::ReadyInstance,
            Status::Ready => Rule::ReadyInGrace,
            Status::Suspended if place == Place::OpenWhenSuspended => Rule::SuspendedOpenPath,
            Status::Suspended => Rule::InstanceSuspended,
        },
    }
}

#[test]
fn both_implementations_agree_on_the_whole_small_domain() {
    let visitor = visitor("guy");
    for place in PLACES {
        for found_out in every_finding() {
            let rule = judged(&visitor, found_out, place, NOW, |judgement| judgement.rule);
            assert_eq!(rule, naive(found_out, place), "{found_out:?} at {place:?}");
        }
    }
}

proptest! {
    #[test]
    fn both_implementations_agree_at_any_age(
        known in prop::sample::select(Known::ALL.to_vec()),
        millis in prop_oneof![0_u64..120_000, 0_u64..2_000_000, any::<u32>().prop_map(u64::from)],
        ahead in any::<bool>(),
        answers in any::<bool>(),
        place in prop::sample::select(PLACES.to_vec()),
    ) {
        let span = Duration::from_millis(millis);
        let age = if ahead { Age::Ahead(span) } else { Age::Past(span) };
        let found_out = if answers { FoundOut::Remembered(known, age) } else { FoundOut::Failed(known, age) };
        let rule = judged(&visitor("guy"), found_out, place, NOW, |judgement| judgement.rule);
        prop_assert_eq!(rule, naive(found_out, place));
    }
}
