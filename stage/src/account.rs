//! Ready-made accounts: a user in each state, to be looked at.

use policy::contract::MembershipWord;
use policy::status::Status;

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
    let username = new.email.split('@').next().unwrap_or_default();
    let user = identity
        .users
        .register(&new.email, username, &new.password)
        .await
        .map_err(StageError::Database)?;
    let owner = Owner {
        issuer: identity.issuer.clone(),
        subject: user.id.clone(),
        email: new.email.clone(),
    };
    let steps: &[Status] = match new.keep_at {
        KeepAt::NeedsInvitation => {
            let standing = owner.standing(MembershipWord::NeedsInvitation, None);
            identity
                .provisioner
                .announce(&standing)
                .await
                .map_err(StageError::Gate)?;
            return Ok(Account {
                email: new.email,
                password: new.password,
                subject: user.id,
                instance: None,
            });
        }
        KeepAt::Provisioning => &[],
        KeepAt::Active => &[Status::Active],
        KeepAt::Ready => &[Status::Active, Status::Ready],
        KeepAt::Suspended => &[Status::Active, Status::Ready, Status::Suspended],
    };
    let instance = identity
        .provisioner
        .create(&owner)
        .await
        .map_err(StageError::Gate)?;
    for status in steps {
        identity
            .provisioner
            .advance(&instance.id, *status)
            .await
            .map_err(StageError::Gate)?;
    }
    let instance = Some(AccountInstance {
        id: instance.id,
        url: instance.url,
    });
    Ok(Account {
        email: new.email,
        password: new.password,
        subject: user.id,
        instance,
    })
}
