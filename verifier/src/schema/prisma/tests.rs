use super::*;

fn file(path: &str, text: &str) -> Script {
    Script {
        path: path.into(),
        text: text.to_owned(),
    }
}

fn made(dialect: Dialect, text: &str) -> String {
    sql(&[file("schema.prisma", text)], dialect).unwrap_or_else(|error| panic!("{error}"))
}

const SHOP: &str = r#"
// A comment { with a brace
generator client { 
  provider = "prisma-client-js"
}
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL") // not "sqlite"
}

enum Role {
  USER
  ADMIN @map("admin")
  @@map("role")
}

/// Somebody
model User {
  id        Int       @id @default(autoincrement())
  email     String    @unique @db.VarChar(255)
  role      Role      @default(ADMIN)
  isActive  Boolean   @default(false) @map("is_active")
  credits   Int       @default(100)
  nick      String?   @default("it's // \"me\"")
  tags      String[]  @default([])
  meta      Json      @default("{}")
  token     String    @default(uuid())
  price     Decimal   @default(1.5) @db.Decimal(10, 2)
  key       String    @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  createdAt DateTime  @default(now()) @map("created_at") @db.Timestamptz(6)
  updatedAt DateTime  @updatedAt
  orgId     Int?
  org       Org?      @relation(
    fields: [orgId],
    references: [id]
  )
  groups    Group[]
  place     Unsupported("point")?

  @@unique([orgId, nick(sort: Desc)], map: "org_nick")
  @@index([meta], type: Gin)
  @@index(fields: [isActive])
  @@map("users")
}

model Org {
  id    Int    @id
  users User[]
}

model Group {
  a     Int
  b     BigInt
  id    String @unique
  users User[]
  @@id([a, b])
}

model Gone {
  id Int @id
  @@ignore
}
"#;

#[test]
fn a_prisma_schema_becomes_the_sql_that_prisma_makes_of_it() {
    let sql = made(Dialect::Postgres, SHOP);
    for said in [
        "CREATE TYPE \"role\" AS ENUM ('USER', 'admin');",
        "CREATE TABLE \"users\" (",
        "    \"id\" SERIAL NOT NULL,\n    CONSTRAINT \"users_pkey\" PRIMARY KEY (\"id\")",
        "    \"email\" VARCHAR(255) NOT NULL,\n",
        "    \"role\" \"role\" NOT NULL DEFAULT 'admin',\n",
        "    \"is_active\" BOOLEAN NOT NULL DEFAULT false,\n",
        "    \"credits\" INTEGER NOT NULL DEFAULT 100,\n",
        "    \"nick\" TEXT DEFAULT 'it''s // \"me\"',\n",
        "    \"tags\" TEXT[] DEFAULT ARRAY[]::TEXT[],\n",
        "    \"meta\" JSONB NOT NULL DEFAULT '{}',\n",
        "    \"token\" TEXT NOT NULL,\n",
        "    \"price\" DECIMAL(10,2) NOT NULL DEFAULT 1.5,\n",
        "    \"key\" UUID NOT NULL DEFAULT gen_random_uuid(),\n",
        "    \"created_at\" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n",
        "    \"updatedAt\" TIMESTAMP(3) NOT NULL,\n",
        "    \"orgId\" INTEGER,\n",
        "    \"place\" point\n",
        "CREATE UNIQUE INDEX \"users_email_key\" ON \"users\" (\"email\");",
        "CREATE UNIQUE INDEX \"org_nick\" ON \"users\" (\"orgId\", \"nick\");",
        "CREATE INDEX \"users_meta_idx\" ON \"users\" USING GIN (\"meta\");",
        "CREATE INDEX \"users_is_active_idx\" ON \"users\" (\"is_active\");",
        "PRIMARY KEY (\"a\", \"b\")",
    ] {
        assert!(sql.contains(said), "{said}\n{sql}");
    }
    for unsaid in ["\"org\"", "\"groups\"", "\"Gone\"", "REFERENCES"] {
        assert!(!sql.contains(unsaid), "{unsaid}\n{sql}");
    }
}

#[test]
fn two_lists_that_point_at_each_other_are_a_table_and_a_list_of_one_is_not() {
    let text = "model Tag {\n id String @id\n posts Post[]\n likes Like[]\n}\nmodel Post {\n id Int @id\n tags Tag[]\n}\nmodel Like {\n id Int @id\n tagId String\n tag Tag @relation(fields: [tagId], references: [id])\n}\n";
    let sql = made(Dialect::Sqlite, text);
    assert_eq!(sql.matches("CREATE TABLE").count(), 4, "{sql}");
    assert!(sql.contains("CREATE TABLE \"_PostToTag\" (\n    \"A\" INTEGER NOT NULL,\n    \"B\" TEXT NOT NULL\n);"), "{sql}");
}

#[test]
fn sqlite_counts_in_its_own_way() {
    let sql = made(
        Dialect::Sqlite,
        "model A {\n id Int @id @default(autoincrement())\n at DateTime @default(now())\n ok Boolean @default(true)\n}\n",
    );
    assert!(
        sql.contains("\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"),
        "{sql}"
    );
    assert!(
        sql.contains("\"at\" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP"),
        "{sql}"
    );
}

#[test]
fn a_mistake_is_named_with_its_line() {
    let said = |text: &str| {
        sql(&[file("schema.prisma", text)], Dialect::Postgres)
            .unwrap_err()
            .to_string()
    };
    let unknown = said("model A {\n  id Int @id\n  b  Bok\n}\n");
    assert!(
        unknown.starts_with("schema.prisma:3:3: there is no model, enum or type `Bok`"),
        "{unknown}"
    );
    let open = said("model A {\n  id Int @id\n");
    assert!(open.contains("the block `A` has no end"), "{open}");
    let other = said("datasource db {\n  provider = \"sqlite\"\n}\n");
    assert!(
        other.starts_with("schema.prisma:2:3: this schema is for `sqlite`"),
        "{other}"
    );
    let index = said("model A {\n  id Int @id\n  @@index([nmae])\n}\n");
    assert!(
        index.starts_with("schema.prisma:3:5: the model `A` has no field `nmae`"),
        "{index}"
    );
    assert!(said("CREATE TABLE a (x int);").contains("this is no block of a Prisma schema"));
}

#[test]
fn a_schema_in_several_files_is_one_schema() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let (head, models) = SHOP.split_at(SHOP.find("model Org").unwrap());
    write("schema.prisma", head);
    write("models/shop.prisma", models);
    write("models/README.md", "no schema");
    let read = files(folder.path()).unwrap();
    assert_eq!(read.len(), 2);
    let tables = |sql: String| {
        let mut statements: Vec<_> = sql.split(";\n").map(|one| one.trim().to_owned()).collect();
        statements.sort();
        statements
    };
    let split = sql(&read, Dialect::Postgres).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(tables(split), tables(made(Dialect::Postgres, SHOP)));
}

#[test]
fn a_mistake_is_in_the_file_where_it_is_and_no_block_goes_on_in_the_next() {
    let whole = "model A {\n  id Int @id\n}\n";
    for (texts, place) in [
        ([whole, "\nmodel B {\n  id\n}\n"], "b.prisma:3:3"),
        (["model B {\n  id Int\n", whole], "a.prisma:3"),
        (
            [whole, "\nmodel B {\n  id Int @id\n  @@index([none])\n}\n"],
            "b.prisma:4",
        ),
    ] {
        let files = [file("a.prisma", texts[0]), file("b.prisma", texts[1])];
        let error = sql(&files, Dialect::Postgres).unwrap_err().to_string();
        assert!(error.contains(place), "{error}");
    }
}
