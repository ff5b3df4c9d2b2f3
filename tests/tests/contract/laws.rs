//! What holds in every database, compared with the model.

use policy::contract::sql::FirstStatus;
use policy::status::Status;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use crate::database::{Database, Instances};
use crate::model::{Change, Row, Write, changes, rows_of_old, written};

/// Every change of every row, right or wrong before, is refused or made exactly as the model says.
pub(crate) async fn every_change_is_judged_as_step_says<D: Database>(mut instances: Instances<D>) {
    let rows = rows_of_old();
    for (id, row) in rows.iter().enumerate() {
        instances.insert(&id.to_string(), row).await.unwrap();
    }
    instances.hold(FirstStatus::First).await;
    let mut made = 0;
    for (id, row) in rows.iter().enumerate() {
        let id = id.to_string();
        for change in changes() {
            instances.database.run("BEGIN").await.unwrap();
            let said = instances.update(&id, &change).await;
            let expected = row.after(&change, D::FILLS);
            assert_eq!(
                said.is_ok(),
                expected.is_some(),
                "{row:?} {change:?}: {said:?}"
            );
            if let Some(expected) = expected {
                assert_eq!(
                    instances.read(&id).await,
                    Some(expected),
                    "{row:?} {change:?}"
                );
                made += 1;
            }
            instances.database.run("ROLLBACK").await.unwrap();
        }
    }
    assert!(made > 100, "{made} changes were made at all");
}

/// The message of a wrong step says from where, to where, and what would be legal.
pub(crate) async fn an_illegal_step_is_named_with_the_legal_ones<D: Database>(
    mut instances: Instances<D>,
) {
    let right: Vec<Row> = rows_of_old()
        .into_iter()
        .filter(|row| row.read().is_some())
        .collect();
    assert_eq!(right.len(), 6);
    instances.hold(FirstStatus::Any).await;
    let mut named = 0;
    for (id, row) in right.iter().enumerate() {
        let id = id.to_string();
        instances.insert(&id, row).await.unwrap();
        for next in Status::ALL {
            let Some(illegal) = row.illegal_step(next.word()) else {
                continue;
            };
            let change = Change {
                status: Write::Set(Some(next.word().to_owned())),
                from: Write::Leave,
            };
            let said = instances.update(&id, &change).await.unwrap_err();
            let legal: Vec<_> = illegal
                .allowed
                .iter()
                .map(|status| format!("`{status}`"))
                .collect();
            let sentence = format!(
                "Instances.select cannot go from `{}` to `{next}`; legal next: {}",
                illegal.from,
                legal.join(", ")
            );
            assert_eq!(said, sentence);
            named += 1;
        }
    }
    assert_eq!(named, 10);
}

/// A new row begins at the beginning, or anywhere right while rows are imported; the script can be run again, also to change that.
pub(crate) async fn a_new_row_begins_where_it_may<D: Database>(mut instances: Instances<D>) {
    for first in [FirstStatus::Any, FirstStatus::First, FirstStatus::First] {
        assert_eq!(instances.hold(first).await, []);
        let values = written();
        for (status, from) in values
            .iter()
            .flat_map(|status| values.iter().map(move |from| (status, from)))
        {
            let row = Row {
                status: status.clone(),
                from: from.clone(),
            };
            let said = instances.insert("guy", &row).await;
            let right = row.read().is_some_and(|(status, _)| match first {
                FirstStatus::Any => true,
                FirstStatus::First => status == Status::FIRST,
            });
            assert_eq!(said.is_ok(), right, "{first:?} {row:?}: {said:?}");
            assert_eq!(instances.read("guy").await, right.then_some(row));
            instances
                .database
                .run(r#"DELETE FROM "Instances""#)
                .await
                .unwrap();
        }
    }
}

/// An upsert of a row that is there is a change and no new row.
pub(crate) async fn an_upsert_is_judged_by_what_it_does<D: Database>(mut instances: Instances<D>) {
    instances.hold(FirstStatus::First).await;
    let mut upsert = async |status: &str| {
        let statement = format!(
            r#"INSERT INTO "Instances" ("order", "select") VALUES ('guy', '{status}')
               ON CONFLICT ("order") DO UPDATE SET "select" = excluded."select""#
        );
        instances.database.run(&statement).await
    };
    assert!(
        upsert("active")
            .await
            .unwrap_err()
            .contains("of a new row must be `provisioning`")
    );
    for status in ["provisioning", "active", "active", "ready"] {
        upsert(status).await.unwrap();
    }
    assert!(
        upsert("active")
            .await
            .unwrap_err()
            .contains("cannot go from `ready` to `active`")
    );
}

/// However many changes are tried in whatever order, the row is what the model says.
pub(crate) async fn walks_end_where_the_model_does<D: Database>(mut instances: Instances<D>) {
    instances.hold(FirstStatus::First).await;
    let changes = changes();
    for seed in 0..8 {
        let mut random = SmallRng::seed_from_u64(seed);
        let mut row = Row {
            status: Some(Status::FIRST.word().to_owned()),
            from: None,
        };
        let id = seed.to_string();
        instances.insert(&id, &row).await.unwrap();
        let mut moved = 0;
        for step in 0..150 {
            // Most of all changes are refused or change nothing; without a preference for the others a walk would stay where it is.
            let moving = |change: &&Change| {
                let after = row.after(change, D::FILLS);
                after.is_some_and(|after| after != row)
            };
            let others: Vec<_> = changes.iter().filter(moving).collect();
            let change = if random.random_bool(0.5) {
                *others.choose(&mut random).unwrap()
            } else {
                changes.choose(&mut random).unwrap()
            };
            let said = instances.update(&id, change).await;
            let expected = row.after(change, D::FILLS);
            assert_eq!(
                said.is_ok(),
                expected.is_some(),
                "seed {seed}, step {step}: {row:?} {change:?}: {said:?}"
            );
            let next = expected.unwrap_or_else(|| row.clone());
            moved += usize::from(next != row);
            row = next;
            assert_eq!(
                instances.read(&id).await.as_ref(),
                Some(&row),
                "seed {seed}, step {step}: {change:?}"
            );
        }
        assert!(moved > 50, "seed {seed} moved {moved} times");
    }
}
