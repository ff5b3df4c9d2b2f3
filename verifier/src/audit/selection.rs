//! Of whom an audit speaks: everybody, one tenant, the newest, one user.

use crate::arguments::audit::Audit as Options;
use crate::audit::failure::AuditError;
use crate::configuration::audit::Audit;

/// Of whom is spoken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    pub(crate) tenant: Option<String>,
    pub(crate) last: Option<u32>,
    pub(crate) user: Option<String>,
}

impl Selection {
    pub(crate) fn of(options: &Options, audit: &Audit) -> Result<Self, AuditError> {
        let first = audit.sources.first();
        if options.last.is_some() && first.is_none_or(|first| first.created.is_none()) {
            let name = first.map_or_else(String::new, |first| first.name.clone());
            return Err(AuditError::NoCreated(name));
        }
        let knows_tenants = audit.sources.iter().any(|source| source.tenant.is_some());
        if options.tenant.is_some() && !knows_tenants {
            return Err(AuditError::NoTenant);
        }
        Ok(Self {
            tenant: options.tenant.clone(),
            last: options.last.map(std::num::NonZeroU32::get),
            user: options.user.clone(),
        })
    }
}
