//! A table of instances in a database, whichever it is.

use policy::contract::sql::table::{Columns, Identifier, Table};
use policy::contract::sql::{self, Dialect, FirstStatus};

use crate::model::{Change, Row, Write};

/// A database that can be asked.
pub(crate) trait Database {
    /// Whether it completes `suspended_from` by itself.
    const FILLS: bool;

    fn dialect(&self) -> Dialect;

    /// Runs one statement; the error is what the database says.
    async fn run(&mut self, statement: &str) -> Result<(), String>;

    /// The two columns of the one row that is asked for; `None` where there is none.
    async fn row(&mut self, query: &str) -> Option<Row>;
}

/// A table whose names need their quotes, in one of the databases.
pub(crate) struct Instances<D> {
    pub(crate) database: D,
    pub(crate) table: Table,
}

impl<D: Database> Instances<D> {
    /// A new table; the columns of the statuses are declared like this.
    pub(crate) async fn create(mut database: D, declaration: &str) -> Self {
        let create = format!(
            r#"CREATE TABLE "Instances" ("order" TEXT PRIMARY KEY, "select" {declaration}, "From" {declaration}, url TEXT)"#
        );
        database.run(&create).await.unwrap();
        let name = |name| Identifier::parse(name).unwrap();
        let table = Table {
            name: name("Instances"),
            columns: Columns::new(name("order"), name("select"), name("From")).unwrap(),
            first: FirstStatus::First,
        };
        Self { database, table }
    }

    /// Runs the script as `psql` does, each statement by itself; gives the statements that failed, with what was said.
    pub(crate) async fn hold(&mut self, first: FirstStatus) -> Vec<(String, String)> {
        self.table.first = first;
        let mut failed = Vec::new();
        for statement in sql::statements(&self.database.dialect(), &self.table) {
            if let Err(said) = self.database.run(&statement).await {
                failed.push((statement, said));
            }
        }
        failed
    }

    pub(crate) async fn insert(&mut self, id: &str, row: &Row) -> Result<(), String> {
        let insert = format!(
            r#"INSERT INTO "Instances" ("order", "select", "From") VALUES ('{id}', {}, {})"#,
            literal(row.status.as_ref()),
            literal(row.from.as_ref())
        );
        self.database.run(&insert).await
    }

    pub(crate) async fn update(&mut self, id: &str, change: &Change) -> Result<(), String> {
        let set = [("select", &change.status), ("From", &change.from)];
        let set = set.into_iter().filter_map(|(column, write)| match write {
            Write::Leave => None,
            Write::Set(value) => Some(format!(r#""{column}" = {}"#, literal(value.as_ref()))),
        });
        let set = set.collect::<Vec<_>>().join(", ");
        let update = format!(r#"UPDATE "Instances" SET {set} WHERE "order" = '{id}'"#);
        self.database.run(&update).await
    }

    pub(crate) async fn read(&mut self, id: &str) -> Option<Row> {
        let query = format!(r#"SELECT "select", "From" FROM "Instances" WHERE "order" = '{id}'"#);
        self.database.row(&query).await
    }
}

fn literal(value: Option<&String>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |text| format!("'{text}'"))
}
