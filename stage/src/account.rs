//! Ready-made accounts: a user in each state, to be looked at.

use policy::contract::{MembershipWord, NewInstance};
use policy::status::Status::{self, Active, Ready, Suspended};

use crate::StageError;
use crate::identity::Identity;
use crate::provisioner::Owner;

/// Where a ready-made account's standing is brought to, and stays.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeepAt {
    /// The instance is deployed, its set-up is not finished.
    Active,
    /// Known, but not invited; no instance.
    NeedsInvitation,
    /// The instance is being created.
    Provisioning,
    /// The instance is ready.
    Ready,
    /// The instance was ready and is suspended.
    Suspended,
}

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Their e-mail address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Where their standing is brought to.
    pub keep_at: KeepAt,
}

/// A user who was made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// Their e-mail address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The `sub` of their tokens.
    pub subject: String,
    /// Their instance.
    pub instance: Option<AccountInstance>,
}

/// The instance of a ready-made account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountInstance {
    /// Its id.
    pub id: String,
    /// Where its app answers, around the gate.
    pub url: String,
}

pub(crate) async fn make(identity: &Identity, new: NewAccount) -> Result<Account, StageError> {
    let NewAccount {
        email,
        password,
        keep_at,
    } = new;
    let username = email.split('@').next().unwrap_or_default();
    let user = identity.users.register(&email, username, &password).await?;
    let owner = Owner {
        issuer: identity.issuer.clone(),
        subject: user.id,
        email,
    };
    let instance = match keep_at {
        KeepAt::NeedsInvitation => {
            let standing = owner.standing(MembershipWord::NeedsInvitation, None);
            identity.provisioner.announce(&standing).await?;
            None
        }
        KeepAt::Provisioning => Some(instance_at(identity, &owner, &[]).await?),
        KeepAt::Active => Some(instance_at(identity, &owner, &[Active]).await?),
        KeepAt::Ready => Some(instance_at(identity, &owner, &[Active, Ready]).await?),
        KeepAt::Suspended => {
            Some(instance_at(identity, &owner, &[Active, Ready, Suspended]).await?)
        }
    };
    Ok(Account {
        email: owner.email,
        password,
        subject: owner.subject,
        instance,
    })
}

/// A new instance that went through these statuses after `provisioning`.
async fn instance_at(
    identity: &Identity,
    owner: &Owner,
    way: &[Status],
) -> Result<AccountInstance, StageError> {
    let NewInstance { id, url } = identity.provisioner.move_in(owner).await?;
    for status in way {
        identity.provisioner.advance(&id, *status).await?;
    }
    Ok(AccountInstance { id, url })
}
