//! The result of an audit: for a person, as one object, or as a table with a row for each discrepancy.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::arguments::ReportFormat;
use crate::arguments::audit::AuditFormat;
use crate::audit::discrepancy::Discrepancy;
use crate::audit::failure::AuditError;
use crate::audit::findings::Found;
use crate::audit::reading::Stock;
use crate::configuration::audit::Audit;
use crate::examined::Examined;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;
use crate::report::{Look, render_examined};
use crate::terminal;

pub(super) fn report(
    format: AuditFormat,
    audit: &Audit,
    stock: &Stock,
    found: Found,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
    look: Look,
) -> Result<ExitCode, AuditError> {
    let Found {
        opinion,
        counts,
        tenants,
        looked_at,
    } = found;
    let examined = Examined::of(looked_at, opinion, secrets);
    match format {
        AuditFormat::Human => outlet.report(&render_examined(ReportFormat::Human, &examined, look)),
        AuditFormat::Json => {
            let sources = audit
                .sources
                .iter()
                .zip(&stock.read)
                .map(|(source, extent)| {
                    json!({
                        "name": source.name, "role": source.role, "rows": extent.rows,
                        "is_complete": extent.unread.is_none(),
                    })
                });
            let head = Head {
                examined: &examined,
                sources: sources.collect(),
                counts: serde_json::to_value(counts).unwrap_or_default(),
                tenants: serde_json::to_value(tenants).unwrap_or_default(),
            };
            as_object(&head, stock, outlet)?;
        }
        AuditFormat::Csv => as_table(stock, outlet)?,
    }
    Ok(examined.exit_code())
}

#[derive(Serialize)]
struct Head<'a> {
    #[serde(flatten)]
    examined: &'a Examined,
    sources: Vec<Value>,
    counts: Value,
    tenants: Value,
}

/// One object, written as it is read: of the discrepancies never more than one is in memory.
fn as_object(head: &Head<'_>, stock: &Stock, outlet: &Outlet<'_>) -> rusqlite::Result<()> {
    let head = terminal::json_line(&serde_json::to_value(head).unwrap_or_default());
    let head = head.trim_end().strip_suffix('}').unwrap_or_default();
    outlet.report_on(&format!("{head},\"discrepancies\":[\n"));
    let mut is_first = true;
    stock.shelf.each_found(|_, found| {
        let comma = if std::mem::take(&mut is_first) {
            ""
        } else {
            ","
        };
        let line = terminal::json_line(&serde_json::to_value(&found).unwrap_or_default());
        outlet.report_on(&format!("{comma}{line}"))
    })?;
    outlet.report_on("]}\n");
    Ok(())
}

/// A line of names, and a line for each discrepancy (RFC 4180).
fn as_table(stock: &Stock, outlet: &Outlet<'_>) -> rusqlite::Result<()> {
    let names = [
        "class", "source", "key", "tenant", "created", "differs", "rows", "of_user", "own",
    ];
    outlet.report_on(&line(&names.map(str::to_owned)));
    stock
        .shelf
        .each_found(|_, found| outlet.report_on(&line(&cells(&found))))
}

fn cells(found: &Discrepancy) -> [String; 9] {
    let differs = found.differs.iter().map(|difference| {
        let said = |value: &Option<String>| value.clone().unwrap_or_default();
        format!(
            "{}: {} / {}",
            difference.field,
            said(&difference.of_user),
            said(&difference.own)
        )
    });
    [
        found.class.word().to_owned(),
        found.source.clone(),
        found.key.clone().unwrap_or_default(),
        found.tenant.clone().unwrap_or_default(),
        found
            .created_at_unix_seconds
            .map_or_else(String::new, crate::report::moment),
        differs.collect::<Vec<_>>().join("; "),
        found.rows.to_string(),
        object(&found.of_user),
        object(&found.own),
    ]
}

fn object(kept: &Map<String, Value>) -> String {
    if kept.is_empty() {
        return String::new();
    }
    terminal::json_line(&Value::Object(kept.clone()))
        .trim_end()
        .to_owned()
}

fn line(cells: &[String]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let shown = cells
        .iter()
        .map(|cell| not_a_formula(&terminal::harmless(cell)));
    let _into_memory = writer.write_record(shown);
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A spreadsheet would run what begins so (OWASP, "CSV Injection"), and whoever signs up chooses what stands there.
fn not_a_formula(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_neither_a_formula_nor_another_cell() {
        let cells = ["=1+1", "a,b\"c", "x\ny", "plain"].map(str::to_owned);
        assert_eq!(line(&cells), "'=1+1,\"a,b\"\"c\",x\\u{a}y,plain\n");
    }
}
