//! `usher audit`: holds the places against each other that each have a row for a user, and carries out a plan against what is missing.
//! (incident I2: sign-ups that created an identity and nothing behind it, noticed days later.)
//!
//! ```text
//! [audit] ─► reading (pages, queries, files; side by side) ─► shelf (a database of its own on disk) ─► join ─► found
//!                                                                                                            │
//!            report, CSV, findings ◄──────────────────────────────────────────────────────────────────────────┤
//!            plan.json ◄──────────────────────────────────────────────────────────────────────────────────────┘
//! plan.json ─► apply: look again ─► what is still as planned ─► deed, noted before and after ─► look again
//! ```

mod apply;
mod deed;
pub(crate) mod discrepancy;
pub(crate) mod failure;
mod findings;
mod join;
mod lineage;
mod plan;
mod reading;
mod report;
mod selection;
mod shelf;
mod state;

use std::sync::Arc;

use crate::arguments::audit::{Audit as Options, AuditFormat};
use crate::audit::failure::AuditError;
use crate::audit::join::join;
use crate::audit::reading::{Stock, take_stock};
use crate::audit::selection::Selection;
use crate::check::{look, remember};
use crate::configuration::Environment;
use crate::configuration::audit::{Audit, Deed, Reader};
use crate::configuration::database::Place;
use crate::deployment::http::Http;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::{SecretName, Secrets};

/// Looks, or carries a plan out.
pub(crate) async fn audit(
    options: &Options,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, AuditError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let audit = Arc::new(Audit::load(&options.config, environment)?);
    remember_all(&audit, secrets);
    let http = Http::new(audit.request_within, secrets).map_err(AuditError::Client)?;
    let bench = Bench {
        audit: &audit,
        http: &http,
        outlet,
    };
    if let Some(path) = &options.apply {
        return apply::apply(&bench, path, options).await;
    }
    let selection = Selection::of(options, &audit)?;
    if let Some(path) = &options.plan
        && path.exists()
    {
        return Err(AuditError::PlanIsThere(path.clone()));
    }
    let stock = bench.look(&selection).await?;
    let opinion = findings::opinion(&audit, &stock, &selection)?;
    if let Some(path) = &options.plan {
        let steps = plan::write(&audit, &stock, path, outlet)?;
        outlet.talk(&plan::said(path, &options.config, steps));
    }
    report::report(
        options.report,
        &audit,
        &stock,
        opinion,
        secrets,
        outlet,
        look(outlet, environment),
    )
}

/// What an audit works with.
struct Bench<'a> {
    audit: &'a Arc<Audit>,
    http: &'a Http<'a>,
    outlet: &'a Outlet<'a>,
}

impl Bench<'_> {
    /// Reads every source and holds them against each other.
    async fn look(&self, selection: &Selection) -> Result<Stock, AuditError> {
        let stock = take_stock(self.audit, self.http, self.outlet).await?;
        // It is the processor's work alone, and nothing else is going on.
        join(self.audit, &stock, selection)?;
        Ok(stock)
    }
}

fn remember_all(audit: &Audit, secrets: &Secrets) {
    for secret in &audit.secrets {
        secrets.remember(SecretName::Origin(&secret.origin), &secret.value);
    }
    if let Some(admin) = &audit.admin {
        secrets.remember(SecretName::Origin(&admin.origin), &admin.secret);
    }
    for source in &audit.sources {
        match &source.reader {
            Reader::Mongodb { place, .. } => remember(&Place::Mongodb(place.clone()), secrets),
            Reader::Sql { place, .. } => remember(place, secrets),
            Reader::Pds { infos, .. } => {
                for (_, value) in &infos.headers {
                    let basic = value.fill(&audit.values).unwrap_or_default();
                    let basic = basic.strip_prefix("Basic ").unwrap_or_default();
                    secrets.remember(SecretName::Password, basic);
                }
            }
            Reader::Csv(_) | Reader::Http(_) | Reader::Json { .. } | Reader::Ndjson(_) => {}
        }
    }
    for action in &audit.actions {
        if let Deed::Sql { database, .. } = &action.deed {
            remember(&database.place, secrets);
        }
    }
}

/// Whether the result is for a person.
const fn is_for_people(format: AuditFormat) -> bool {
    match format {
        AuditFormat::Human => true,
        AuditFormat::Csv | AuditFormat::Json => false,
    }
}
