//! A visitor logs out: what was issued to them until now is over, wherever the truth about standings lives.

use policy::admission::Visitor;
use policy::sighting::Sighting;

use crate::authority::control_plane::{ControlPlane, SignOut};
use crate::authority::kv_only::KvOnly;
use crate::configuration::{AuthoritySetting, ControlPlaneSetting};
use crate::gate::Gate;
use crate::time_limit::{self, within};
use crate::{clock, events};

/// What a log-out did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LogOut {
    /// Every session is over, at this location with the next request.
    Ended,
    /// They may still be open.
    Failed,
    /// The authority keeps no log-outs: only this browser forgets.
    NotKept,
}

impl Gate<'_> {
    /// Ends all sessions of a visitor.
    pub(crate) async fn log_out(&self, visitor: &Visitor) -> LogOut {
        let ended = within(time_limit::LOG_OUT, async {
            match &self.configuration.authority {
                AuthoritySetting::Registry => self.log_out_at_registry(visitor).await,
                AuthoritySetting::ControlPlane(setting) => {
                    self.log_out_at_control_plane(visitor, setting).await
                }
                AuthoritySetting::Kv => self.log_out_at_kv(visitor).await,
            }
        });
        match ended.await.unwrap_or_else(|late| Err(late.to_string())) {
            Ok(ended) => ended,
            Err(problem) => {
                self.isolate.log_ins.lose(problem);
                LogOut::Failed
            }
        }
    }

    async fn log_out_at_registry(&self, visitor: &Visitor) -> Result<LogOut, String> {
        let knocks = self.end_sessions(visitor).await?;
        self.sightings().show(&knocks).await;
        Ok(LogOut::Ended)
    }

    async fn log_out_at_control_plane(
        &self,
        visitor: &Visitor,
        setting: &ControlPlaneSetting,
    ) -> Result<LogOut, String> {
        let control_plane = ControlPlane {
            setting,
            hosts: &self.configuration.instance_hosts,
            env: self.env,
        };
        match control_plane
            .sign_out(visitor.identity(), clock::now())
            .await?
        {
            SignOut::Done => {
                self.sightings().show(&[self.knock(visitor)]).await;
                Ok(LogOut::Ended)
            }
            SignOut::NotKept => {
                events::alarm(
                    "log_out_not_kept",
                    "the control plane takes no log-outs (docs/authorities.md), so only the cookie is forgotten",
                );
                Ok(LogOut::NotKept)
            }
        }
    }

    async fn log_out_at_kv(&self, visitor: &Visitor) -> Result<LogOut, String> {
        let kv = KvOnly {
            env: self.env,
            hosts: &self.configuration.instance_hosts,
        };
        let now = clock::now();
        let signed_out = kv.sign_out(visitor.identity(), now).await;
        let Some(standing) = signed_out.map_err(|refused| refused.to_string())? else {
            // Somebody nobody knows has nothing that could be used.
            return Ok(LogOut::Ended);
        };
        let sighting = Sighting {
            standing,
            seen_at: now,
        };
        let learned = self.sightings().learn(sighting).await;
        learned.map(|()| LogOut::Ended).map_err(|known| {
            format!(
                "KV gave an old record, for version {} is known here",
                known.version
            )
        })
    }
}
