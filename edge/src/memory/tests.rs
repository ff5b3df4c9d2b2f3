use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::admission::Presented;
use policy::door::{Address, Door};
use policy::instance_url::InstanceUrl;
use policy::issuer::{Algorithm, ClaimNames, Issuer};
use policy::provider::Provider;
use policy::session::SignOuts;
use policy::signature::{SignatureCheck, SignatureFailure, SignatureQuestion};
use policy::standing::{Instance, InstanceId, IssuerUrl, Membership, Role, Standing};
use policy::status::Status;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

struct Believed;

impl SignatureCheck for Believed {
    async fn check(&self, _: &SignatureQuestion<'_>) -> Result<(), SignatureFailure> {
        Ok(())
    }
}

/// A token of somebody, with a signature that is as long as one.
fn token(subject: &str) -> String {
    let parts = [
        r#"{"alg":"HS256"}"#.to_owned(),
        format!(r#"{{"iss":"own","sub":"{subject}","aud":"usher","exp":9999999999}}"#),
    ];
    let [header, claims] = parts.map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{claims}.{}", "A".repeat(43))
}

const NOW: Moment = Moment::from_unix_seconds(1_900_000_000);
const LATER: Moment = Moment::from_unix_seconds(1_900_000_002);

pub(super) fn visitor() -> Rc<Visitor> {
    visitor_named("guy")
}

pub(super) fn visitor_named(subject: &str) -> Rc<Visitor> {
    let token = token(subject);
    let issuers = [Issuer {
        name: IssuerUrl::new("own").unwrap(),
        audiences: vec!["usher".to_owned()],
        authorized_parties: Vec::new(),
        algorithms: vec![Algorithm::Hs256],
        claims: ClaimNames::default(),
        provider: Provider::Own,
        leeway: Duration::ZERO,
    }];
    let admitted = Presented::read(&token, &issuers)
        .unwrap()
        .admit(&Believed, NOW);
    match pin!(admitted).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(visitor) => Rc::new(visitor.unwrap()),
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn sighting(status: Option<Status>, version: u64, seen_at: Moment) -> Rc<Sighting> {
    sighting_at(Door::Own, status, version, seen_at)
}

fn sighting_at(door: Door, status: Option<Status>, version: u64, seen_at: Moment) -> Rc<Sighting> {
    let instance = status.map(|status| Instance {
        id: InstanceId::new("i-1").unwrap(),
        url: InstanceUrl::new("https://guy.fly.dev").unwrap(),
        status,
        since: NOW,
    });
    let membership = Membership::Member {
        org: None,
        role: Role::Member,
    };
    let identity = visitor().identity().clone();
    Rc::new(Sighting {
        standing: Standing {
            identity,
            door,
            membership,
            instance,
            sign_outs: SignOuts::default(),
            version,
        },
        seen_at,
    })
}

#[test]
fn a_token_is_verified_anew_after_a_while() {
    let memory = Memory::new();
    let token = token("guy");
    memory.remember_visitor(&token, visitor(), NOW);
    let just_before = NOW.plus(VERIFIED_FOR).minus(Duration::from_millis(1));
    assert!(memory.visitor(&token, just_before).is_some());
    assert!(memory.visitor(&token, NOW.plus(VERIFIED_FOR)).is_none());
}

#[test]
fn an_answer_that_was_under_way_never_brings_an_old_status_back() {
    let memory = Memory::new();
    let suspended = sighting(Some(Status::Suspended), 2, NOW);
    let late = sighting(Some(Status::Ready), 1, NOW.plus(Duration::from_secs(1)));
    memory.remember_sighting(Rc::clone(&suspended), LATER);
    memory.remember_sighting(Rc::clone(&late), LATER);
    assert_eq!(memory.sighting(visitor().storage_key()), Some(suspended));
    assert!(memory.knows_newer(&late, LATER));
}

#[test]
fn who_was_deleted_is_not_brought_back_by_an_answer_that_was_under_way() {
    let memory = Memory::new();
    let nobody = sighting(None, 0, LATER);
    memory.remember_sighting(Rc::clone(&nobody), LATER);
    let late = memory.remember_sighting(sighting(Some(Status::Ready), 7, NOW), LATER);
    assert_eq!(late, nobody);
    assert_eq!(memory.sighting(visitor().storage_key()), Some(nobody));
}

#[test]
fn a_sighting_from_the_future_gives_way_to_any_other() {
    let memory = Memory::new();
    let (future, now) = (NOW.plus(Duration::from_mins(1)), NOW);
    memory.remember_sighting(sighting(Some(Status::Ready), 7, future), future);
    let nobody = sighting(None, 0, now);
    memory.remember_sighting(Rc::clone(&nobody), now);
    assert_eq!(memory.sighting(visitor().storage_key()), Some(nobody));
}

#[test]
fn a_restored_registry_counts_although_its_versions_are_lower() {
    let memory = Memory::new();
    memory.remember_sighting(sighting(Some(Status::Ready), 7, NOW), NOW);
    let restored = sighting(Some(Status::Suspended), 3, LATER);
    assert_eq!(
        memory.remember_sighting(Rc::clone(&restored), LATER),
        restored
    );
}

#[test]
fn what_was_contradicted_is_no_last_word_until_it_is_said_again() {
    let key = visitor().storage_key().clone();
    let ready = sighting(Some(Status::Ready), 7, NOW);
    let again = sighting(Some(Status::Ready), 7, LATER.plus(Duration::from_secs(1)));
    let by_a_lower_version = |memory: &Memory| {
        memory.remember_sighting(sighting(Some(Status::Suspended), 3, LATER), LATER);
    };
    let by_nonsense = |memory: &Memory| memory.contradict(&key, LATER);
    for contradict in [
        &by_a_lower_version as &dyn Fn(&Memory),
        &by_nonsense as &dyn Fn(&Memory),
    ] {
        let memory = Memory::new();
        memory.remember_sighting(Rc::clone(&ready), NOW);
        assert_eq!(memory.last_word(&key), Some(Rc::clone(&ready)));
        contradict(&memory);
        assert_eq!(memory.last_word(&key), None);
        assert_eq!(memory.sighting(&key), Some(Rc::clone(&ready)));
        // As it is read from KV once more.
        memory.remember_sighting(Rc::clone(&ready), LATER);
        assert_eq!(memory.last_word(&key), None);
        memory.remember_sighting(Rc::clone(&again), again.seen_at);
        assert_eq!(memory.last_word(&key), Some(Rc::clone(&again)));
    }
}

#[test]
fn a_replica_that_lags_never_opens_what_is_known_to_be_closed() {
    let memory = Memory::new();
    let suspended = sighting(Some(Status::Suspended), 7, NOW);
    memory.remember_sighting(Rc::clone(&suspended), NOW);
    let lagging = sighting(Some(Status::Ready), 3, LATER);
    assert_eq!(memory.remember_sighting(lagging, LATER), suspended);

    let after = NOW.plus(LAGS_AT_MOST);
    let restored = sighting(Some(Status::Ready), 3, after);
    assert_eq!(
        memory.remember_sighting(Rc::clone(&restored), after),
        restored
    );
    assert_eq!(memory.sighting(visitor().storage_key()), Some(restored));
}

#[test]
fn who_was_deleted_is_forgotten_by_a_later_answer_and_not_by_an_earlier_one() {
    let memory = Memory::new();
    let ready = sighting(Some(Status::Ready), 7, NOW);
    let nobody = |seen_at| sighting(None, 0, seen_at);
    memory.remember_sighting(Rc::clone(&ready), LATER);
    memory.remember_sighting(nobody(NOW.minus(Duration::from_secs(1))), LATER);
    assert_eq!(memory.sighting(visitor().storage_key()), Some(ready));
    memory.remember_sighting(nobody(NOW.plus(Duration::from_secs(1))), LATER);
    assert_eq!(
        memory.sighting(visitor().storage_key()),
        Some(nobody(NOW.plus(Duration::from_secs(1))))
    );
}

#[test]
fn a_lost_question_does_not_hold_back_others_for_ever() {
    let memory = Memory::new();
    let key = visitor().storage_key().clone();
    assert!(!memory.is_asked(&key, NOW));
    memory.note_question(&key, NOW);
    assert!(memory.is_asked(&key, NOW.plus(Duration::from_secs(4))));
    assert!(!memory.is_asked(&key, NOW.plus(GIVEN_UP)));
    memory.note_answer(&key);
    assert!(!memory.is_asked(&key, NOW));
}

#[test]
fn what_a_refresh_brought_is_told_from_what_was_asked_for_because_nothing_young_was_known() {
    let key = visitor().storage_key().clone();
    let memory = Memory::new();
    assert!(!memory.was_refreshed(&key));
    memory.remember_sighting(sighting(Some(Status::Ready), 1, NOW), NOW);
    assert!(!memory.was_refreshed(&key));
    assert!(memory.begin_refresh(&key, LATER));
    memory.remember_sighting(sighting(Some(Status::Ready), 1, LATER), LATER);
    assert!(memory.was_refreshed(&key));
    let long_after = LATER.plus(Duration::from_mins(5));
    memory.remember_sighting(sighting(Some(Status::Ready), 1, long_after), long_after);
    assert!(!memory.was_refreshed(&key));
}

#[test]
fn one_refreshes_at_a_time_and_a_lost_one_does_not_block_for_ever() {
    let memory = Memory::new();
    let key = visitor().storage_key().clone();
    memory.remember_sighting(sighting(Some(Status::Ready), 1, NOW), LATER);
    assert!(memory.begin_refresh(&key, NOW));
    assert!(!memory.begin_refresh(&key, NOW.plus(Duration::from_secs(4))));
    assert!(memory.begin_refresh(&key, NOW.plus(GIVEN_UP)));
}

#[test]
fn whoever_knocks_at_any_number_of_doors_that_are_nobodys_pushes_out_nobody() {
    let memory = Memory::new();
    let known = sighting(Some(Status::Ready), 1, NOW);
    memory.remember_sighting(Rc::clone(&known), NOW);
    let door = |n: usize| Door::At(Address::new(&format!("a{n}")).unwrap());
    for n in 0..2 * known::MAX_SOMEBODYS.get() {
        memory.remember_sighting(sighting_at(door(n), None, 0, NOW), NOW);
    }
    assert_eq!(memory.sighting(visitor().storage_key()), Some(known));
}

#[test]
fn whose_instance_is_taken_away_is_remembered_among_those_who_have_one() {
    let memory = Memory::new();
    memory.remember_sighting(sighting(Some(Status::Ready), 1, NOW), NOW);
    let nobody = sighting(None, 0, LATER);
    memory.remember_sighting(Rc::clone(&nobody), LATER);
    let door = |n: usize| Door::At(Address::new(&format!("a{n}")).unwrap());
    for n in 0..=known::MAX_NOBODYS.get() {
        memory.remember_sighting(sighting_at(door(n), None, 0, NOW), NOW);
    }
    let key = StorageKey::at(visitor().identity(), &door(0));
    assert_eq!(memory.sighting(visitor().storage_key()), Some(nobody));
    assert_eq!(memory.sighting(&key), None);
}
