//! Columns and constraints, out of what the parser made of them.

use sqlparser::ast::{ColumnDef, ColumnOption, Ident, IndexColumn, TableConstraint};

use crate::schema::ddl::{column_of, plain};
use crate::schema::postgres::given;
use crate::schema::{Column, Given, Index, Table, postgres_type};

/// Adds a column, with the indexes that stand in its definition.
pub(super) fn add_column(table: &mut Table, definition: &ColumnDef) {
    let written = definition.data_type.to_string();
    let serial = postgres_type::serial(&written);
    let mut column = Column {
        name: plain(&definition.name),
        kind: postgres_type::normal(serial.unwrap_or(&written)),
        nullable: serial.is_none(),
        given: serial.map_or(Given::Nothing, |_| Given::Sequence),
    };
    let mut indexes = Vec::new();
    for option in &definition.options {
        let name = option.name.as_ref().map(plain);
        add_option(&mut column, &mut indexes, name, &option.option);
    }
    table.columns.push(column);
    table.indexes.extend(indexes);
}

fn add_option(
    column: &mut Column,
    indexes: &mut Vec<Index>,
    name: Option<String>,
    option: &ColumnOption,
) {
    if let ColumnOption::NotNull = option {
        column.nullable = false;
    } else if let ColumnOption::Default(expression) = option {
        column.given = given(expression.to_string());
    } else if let ColumnOption::PrimaryKey(_) = option {
        column.nullable = false;
        indexes.push(unique(name, vec![column.name.clone()], true));
    } else if let ColumnOption::Unique(_) = option {
        indexes.push(unique(name, vec![column.name.clone()], false));
    } else if let ColumnOption::Generated {
        generation_expr, ..
    } = option
    {
        if let Some(expression) = generation_expr {
            column.given = Given::Computed(expression.to_string());
        } else {
            column.given = Given::Identity;
            column.nullable = false;
        }
    }
}

/// Adds the index of a constraint; those that need none change nothing here.
pub(super) fn add_constraint(table: &mut Table, constraint: &TableConstraint) {
    if let TableConstraint::PrimaryKey(key) = constraint {
        let Some(columns) = columns(&key.columns) else {
            return;
        };
        for column in &mut table.columns {
            column.nullable &= !columns.contains(&column.name);
        }
        table
            .indexes
            .push(unique(key.name.as_ref().map(plain), columns, true));
    } else if let TableConstraint::Unique(constraint) = constraint
        && let Some(columns) = columns(&constraint.columns)
    {
        table
            .indexes
            .push(unique(constraint.name.as_ref().map(plain), columns, false));
    }
}

fn columns(parts: &[IndexColumn]) -> Option<Vec<String>> {
    let name = |part: &IndexColumn| column_of(&part.column.expr);
    parts.iter().map(name).collect()
}

fn unique(name: Option<String>, columns: Vec<String>, primary: bool) -> Index {
    Index {
        name,
        unique: true,
        primary,
        columns,
        special: None,
    }
}

/// Whether a list of names has this one.
pub(super) fn lists(names: &[Ident], name: &str) -> bool {
    names.iter().any(|one| plain(one) == name)
}
