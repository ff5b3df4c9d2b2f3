//! `ALTER TABLE`, as far as columns, defaults and indexes go.

use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation as Operation, RenameTableNameKind,
};

use crate::schema::ddl::column::{add_column, add_constraint, lists};
use crate::schema::ddl::{Reading, is_harmless, plain, split};
use crate::schema::postgres::given;
use crate::schema::script::Statement;
use crate::schema::{Given, Table, postgres_type};

impl Reading {
    pub(super) fn alter_table(&mut self, statement: &Statement<'_>, alter: AlterTable) {
        let Some(table) = self.table(&alter.name) else {
            // pg_dump says whose a view or a sequence is in the same words.
            if !alter.if_exists && !is_harmless(statement) {
                self.unread(statement, "nothing before it makes the table");
            }
            return;
        };
        for operation in alter.operations {
            perform(table, operation);
        }
    }
}

fn perform(table: &mut Table, operation: Operation) {
    if let Operation::AddColumn { column_def, .. } = operation {
        if !table
            .columns
            .iter()
            .any(|column| column.name == plain(&column_def.name))
        {
            add_column(table, &column_def);
        }
    } else if let Operation::AddConstraint { constraint, .. } = operation {
        add_constraint(table, &constraint);
    } else if let Operation::DropColumn { column_names, .. } = operation {
        table
            .columns
            .retain(|column| !lists(&column_names, &column.name));
        table.indexes.retain(|index| {
            !index
                .columns
                .iter()
                .any(|column| lists(&column_names, column))
        });
    } else if let Operation::DropConstraint { name, .. } = operation {
        drop_constraint(table, &plain(&name));
    } else if let Operation::RenameColumn {
        old_column_name,
        new_column_name,
    } = operation
    {
        rename_column(table, &plain(&old_column_name), &plain(&new_column_name));
    } else if let Operation::RenameTable { table_name } = operation {
        let (RenameTableNameKind::As(name) | RenameTableNameKind::To(name)) = table_name;
        table.name = split(&name).1;
    } else if let Operation::RenameConstraint { old_name, new_name } = operation {
        let (old, new) = (plain(&old_name), plain(&new_name));
        let named = table
            .indexes
            .iter_mut()
            .filter(|index| index.name.as_deref() == Some(&old));
        named.for_each(|index| index.name = Some(new.clone()));
    } else if let Operation::AlterColumn { column_name, op } = operation {
        let name = plain(&column_name);
        if let Some(column) = table.columns.iter_mut().find(|column| column.name == name) {
            match op {
                AlterColumnOperation::SetNotNull => column.nullable = false,
                AlterColumnOperation::DropNotNull => column.nullable = true,
                AlterColumnOperation::SetDefault { value } => {
                    column.given = given(value.to_string());
                }
                AlterColumnOperation::DropDefault => column.given = Given::Nothing,
                AlterColumnOperation::SetDataType { data_type, .. } => {
                    column.kind = postgres_type::normal(&data_type.to_string());
                }
                AlterColumnOperation::AddGenerated { .. } => {
                    column.given = Given::Identity;
                    column.nullable = false;
                }
            }
        }
    }
}

/// What has no name of its own was named by the server: `users_pkey`, `users_email_key`.
fn drop_constraint(table: &mut Table, name: &str) {
    let of = table.name.clone();
    table.indexes.retain(|index| {
        let usual = if index.primary {
            format!("{of}_pkey")
        } else {
            format!("{of}_{}_key", index.columns.join("_"))
        };
        index.name.as_deref().unwrap_or(&usual) != name
    });
}

fn rename_column(table: &mut Table, old: &str, new: &str) {
    let columns = table.columns.iter_mut().map(|column| &mut column.name);
    let keys = table
        .indexes
        .iter_mut()
        .flat_map(|index| &mut index.columns);
    for name in columns.chain(keys).filter(|name| *name == old) {
        new.clone_into(name);
    }
}
