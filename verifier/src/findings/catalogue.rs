//! The catalogue of causes: what each means, how it is known, and what it takes to mend it. `docs/findings.md` is made of it.

use crate::findings::code::Code;

/// What the catalogue says of a cause.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// What is the case.
    pub(crate) meaning: &'static str,
    /// What has to be seen for it to be said, and by whom.
    pub(crate) known_by: &'static str,
    /// What it takes to mend it.
    pub(crate) cure: &'static str,
}

impl Code {
    #[expect(clippy::too_many_lines, reason = "a catalogue: one entry a cause")]
    pub(crate) const fn entry(self) -> Entry {
        match self {
            Self::AccountWithoutUser => Entry {
                meaning: "There is an account of a service behind the platform, and no user whose it is.",
                known_by: "`usher audit` read both places to their end, and the account's key is that of no user.",
                cure: "Find out whose it was: a removal that stopped half-way, or a record that was lost. The report's CSV names them all.",
            },
            Self::AppFailing => Entry {
                meaning: "The gate lets the user in, and the app behind it answers with an error of its own, or not at all.",
                known_by: "A visit ended at an answer of the app from 500 on, or at the gate's word that the app does not answer; the app was asked at its own address as well.",
                cure: "Look at the app's log, not at the gate; a health check that passes while the pages fail has to be mended with it.",
            },
            Self::AppIgnoresVisitor => Entry {
                meaning: "The app shows a page, and not who is there, although the gate tells it with every request.",
                known_by: "The gate says at /.usher/me whom it knows, and the app's page has not got the text that `contains` of [instance] wants of them.",
                cure: "Let the app read the assertion that the gate signs (docs/apps.md), or correct `contains`.",
            },
            Self::BindingMissing => Entry {
                meaning: "The gate is not bound to what it stands on, so it lets nobody in.",
                known_by: "`usher check config`: the file has no `USHER_KV`, or not the store or service that `USHER_AUTHORITY` needs, in the environment that is meant.",
                cure: "Make what is missing by the command of the report, and add the table that it prints to the file.",
            },
            Self::BindingPlaceholder => Entry {
                meaning: "The file has placeholders where the ids of the gate's stores have to be.",
                known_by: "`usher check config`: an id is not one that Cloudflare gives, and the gate is not on this machine.",
                cure: "Put the real ids in their place; the report has the commands that list them.",
            },
            Self::ClockSkew => Entry {
                meaning: "The clock of the gate and the clock of whoever runs `usher` are apart by more than tokens are allowed to be.",
                known_by: "The `date` of an answer of the gate, held against the clock here before and after it.",
                cure: "Let both follow a time server; it says nothing of which of the two is wrong.",
            },
            Self::ColumnDiffers => Entry {
                meaning: "A column is there and has another type, another default, or allows NULL where the deployed code does not, or the other way round.",
                known_by: "`schema` of [[databases]] held against the live database; spellings that mean the same are no difference.",
                cure: "Run the SQL of the report, which changes the column to what is expected.",
            },
            Self::ColumnMissing => Entry {
                meaning: "The deployed code uses columns that the database has not got: every statement that names one fails.",
                known_by: "`schema` of [[databases]] held against the live database, by `usher check schema` or after a step that needs a database failed.",
                cure: "Run the ALTER TABLE statements of the report, and find the migration that forgot them or failed.",
            },
            Self::ConfigsDisagree => Entry {
                meaning: "usher.toml and the gate's file say different things of the same gate: its cookie, how people become known, its routes.",
                known_by: "`usher check config` held the one against the other.",
                cure: "Correct the one that is wrong.",
            },
            Self::DataLost => Entry {
                meaning: "What was written before a deploy is not there after it.",
                known_by: "`usher check persistence`: the user that it created before the deploy cannot log in after it, and one that is created now can.",
                cure: "Put the database on a volume, or on a server of its own, and bring the data back from a backup.",
            },
            Self::DataOnNoVolume => Entry {
                meaning: "The file of the database is in the container itself or in memory, so the next deploy takes it away.",
                known_by: "`usher check persistence`, run where the app runs: the file system that holds the file is an overlay or a tmpfs.",
                cure: "Mount a volume at the folder of the file, and copy the file to it before the container is made anew.",
            },
            Self::DatabaseNeverMigrated => Entry {
                meaning: "The deployed code runs against a database that has not got its tables.",
                known_by: "A sign-up, a log-in, a log-out or a removal failed, and a table of `tables` in [[databases]], or the file itself, is not there.",
                cure: "Apply the migrations to the very database that the report names, and on every deploy.",
            },
            Self::DevelopmentDeployed => Entry {
                meaning: "The gate is deployed with `USHER_DEVELOPMENT`, which is for a developer's machine: it answers at no host but loopback, and its cookies are not `Secure`.",
                known_by: "`usher check config`: the file sets it in `[vars]`, and the gate is not on this machine.",
                cure: "Take it out of the file; in `.dev.vars` it counts for `wrangler dev` alone.",
            },
            Self::EmailNotVouched => Entry {
                meaning: "The tokens of the issuer do not say what the user's address is, or that it is theirs, so neither invitations nor domains count for them.",
                known_by: "The gate knows the bearer of the token without an address, or asks them for an invitation although something speaks for their address and the token does not say `email_verified`.",
                cure: "Let the issuer put both claims into its tokens, or name them in USHER_ISSUERS.",
            },
            Self::EventsLost => Entry {
                meaning: "Log-ins are let in and not written down.",
                known_by: "The gate's events have no record of the log-in of the run, and the gate counts events that it could not write.",
                cure: "Apply the gate's migrations to its registry; the report names what its log says.",
            },
            Self::ForgeryAdmitted => Entry {
                meaning: "Somebody who shows nothing, or something that nobody signed, gets past the gate.",
                known_by: "`usher check security` asked with forged tokens and headers, and something else than a refusal of the gate came back.",
                cure: "Let nothing answer at the platform's host but the gate; if it is the gate that answers, take it out of service.",
            },
            Self::GateMisconfigured => Entry {
                meaning: "The gate refuses everybody, because its own configuration is wrong or what it stands on is not there.",
                known_by: "The gate says `misconfigured`, or that it is not ready, and names its mistakes; or `usher check config` finds them in its file.",
                cure: "Mend the values that the report names, and deploy the gate again.",
            },
            Self::GateUnlikeFiles => Entry {
                meaning: "What answers at the gate's address is no gate, or one of another configuration or version than the files say.",
                known_by: "`usher check config`: what `/.usher/ready` and `/.usher/health` say, and where people are sent to log in, held against the files; or a run whose token the gate refuses, although it is good by the files in this folder.",
                cure: "Deploy the gate from these files, or look at those that it was deployed from.",
            },
            Self::IdentityFailing => Entry {
                meaning: "The service that people sign up, log in and log out at answers with an error of its own, and nothing that was looked at explains it.",
                known_by: "A sign-up, a log-in, a log-out or a removal ended at an answer of the service from 500 on; its databases were looked into, as far as the configuration names them.",
                cure: "Look into the log of that service for the request of the report; give its database to usher (`tables`, `schema`), so that the next run names what is missing there.",
            },
            Self::IdentityWithoutUser => Entry {
                meaning: "Somebody can log in of whom the app has no record: a sign-up that silently created nothing.",
                known_by: "`usher audit` read both places to their end, the identity is not pending, and its key is in no row of the app's users.",
                cure: "Find why the sign-up wrote nothing (a swallowed error, a webhook that is off); write the missing records by a plan of `usher audit`.",
            },
            Self::IndexConflict => Entry {
                meaning: "The code declares an index of MongoDB that the server refuses to make, so `createIndex` fails whenever it runs: a sign-up that swallows the error creates nothing.",
                known_by: "`indexes` of [[databases]] held against `listIndexes`: the same index has another name or other options (error 85), another one has its name (86), or documents have the same unique key (11000).",
                cure: "Declare it as it is there, which loses nothing, or run the report's lines in mongosh, which make it as it is declared.",
            },
            Self::IndexMissing => Entry {
                meaning: "An index of the deployed code is not there. Without a unique one, what must be there once can be there twice.",
                known_by: "`schema` of [[databases]], or `indexes` of MongoDB, held against the live database: no index has these columns, whatever it is called.",
                cure: "Run the statements of the report; a unique one fails for as long as there are duplicates.",
            },
            Self::InstanceMissing => Entry {
                meaning: "The sign-up made an identity and nothing behind it.",
                known_by: "The gate knows who the user is, and its registry has no instance of theirs for as long as the run waited.",
                cure: "Find the event of the sign-up where the provisioner takes it; the report has the command that makes the instance by hand.",
            },
            Self::InstanceOpen => Entry {
                meaning: "An app shows itself to whoever asks at its own address, so nobody needs the gate to get in.",
                known_by: "`usher check security` asked apps of the registry at their own addresses, without anything to show.",
                cure: "Let the apps check the assertion that the gate signs (docs/apps.md), or close their addresses to everybody else.",
            },
            Self::InstanceStuck => Entry {
                meaning: "The instance stays in a status in which nobody is let in.",
                known_by: "The status stood still for half of the wait or longer; the registry and the app itself are asked.",
                cure: "Let whoever creates instances write `ready`; the report has the legal steps for those that are there.",
            },
            Self::IssuerKeysLackAlgorithm => Entry {
                meaning: "An issuer has no key of the kind that the gate expects of it, so nobody of it can log in.",
                known_by: "`usher check config` read the key set as the gate does, and no key is for any `algorithm` of the issuer.",
                cure: "Give the algorithm of its tokens as `algorithm` in `USHER_ISSUERS`.",
            },
            Self::IssuerUnreachable => Entry {
                meaning: "The keys of an issuer cannot be had, so nobody of it can log in as soon as the gate has forgotten the last ones.",
                known_by: "`usher check config` asked the key endpoint as the gate does: within 3 s, without following redirects.",
                cure: "Correct `jwks_url` in `USHER_ISSUERS`; the issuer's own document says it.",
            },
            Self::KnownToGateOnly => Entry {
                meaning: "The gate's registry knows somebody whom the platform does not know.",
                known_by: "`usher audit` read both places to their end, and the key of the registry's row is that of nobody.",
                cure: "Remove them with `usher user remove`, once it is clear that they are gone.",
            },
            Self::LinkDead => Entry {
                meaning: "The gate sends people where nobody answers.",
                known_by: "`usher check messages` followed a link of the gate's pages, such as to the support, and it led nowhere.",
                cure: "Mend the address where it is configured, and deploy the gate again.",
            },
            Self::MessageContradictsState => Entry {
                meaning: "People are told what is not the case in their state, or not what to do next.",
                known_by: "A message of the gate, in the state in which it is read, has a phrase that is untrue there, no next step, or nobody to ask.",
                cure: "Find what rewrites the gate's answers, or deploy the same version of the gate and of `usher`.",
            },
            Self::MigrationEdited => Entry {
                meaning: "A migration is not what it was when it was applied.",
                known_by: "The checksum that the tool wrote down (Prisma, sqlx, Flyway) is not that of the file.",
                cure: "Put the file back as it was, and the difference into a new migration.",
            },
            Self::MigrationFailed => Entry {
                meaning: "A migration failed halfway, and the tool applies nothing behind it.",
                known_by: "The history of the tool says so (Prisma, sqlx, Flyway); its log is quoted where it keeps one.",
                cure: "Mend what the log names, take the failure out of the history by the tool's own command, and apply again.",
            },
            Self::MigrationPending => Entry {
                meaning: "The code brings migrations that the database in use has not seen.",
                known_by: "The folder of `migrations` in [[databases]] held against the history in the database.",
                cure: "Apply them to the very database that the report names, and on every deploy.",
            },
            Self::MigrationUnknown => Entry {
                meaning: "Migrations are applied that the code does not have: the database is ahead of it.",
                known_by: "The history in the database names what the folder has not got.",
                cure: "Deploy the code that has them, or bring their files back.",
            },
            Self::MigrationsDiverged => Entry {
                meaning: "Some migrations are applied that the code does not have, and others of the code are not applied; or the folder itself branches.",
                known_by: "The folder held against the history, and the graph of Alembic's revisions for its heads.",
                cure: "Check that it is the right database; bring the branches together before anything is applied.",
            },
            Self::NotEncrypted => Entry {
                meaning: "Passwords and tokens can travel unencrypted.",
                known_by: "An address of the configuration begins with `http:`, or the gate's host serves whoever comes unencrypted.",
                cure: "Give the service a certificate, and let `http:` lead to `https:`.",
            },
            Self::OtherDatabaseInUse => Entry {
                meaning: "The app is given another database than the one that is looked after.",
                known_by: "`usher check persistence`: the variable in `app_env_file` leads to another place than its [[databases]] table does.",
                cure: "Give the app this database, or name in usher.toml the one that it has.",
            },
            Self::RecordDuplicated => Entry {
                meaning: "Several rows of one place are there for one user, so which one counts is left to chance.",
                known_by: "`usher audit` found the same key more than once in a source.",
                cure: "Decide which row is right and remove the others; then let the database hold the key unique.",
            },
            Self::RecordsDisagree => Entry {
                meaning: "Two records of one user say different things.",
                known_by: "`usher audit` joined the rows, and what `agree` names is not the same in both.",
                cure: "Decide which record leads, and write what it says into the other one, by a plan of `usher audit`.",
            },
            Self::RegistryAltered => Entry {
                meaning: "Somebody added a trigger to the gate's registry by hand, and it changes, or refuses, what the gate writes.",
                known_by: "A step failed, and the gate names at /.usher/ready a trigger of its registry that none of its migrations made.",
                cure: "Drop the trigger, or make it one that only looks.",
            },
            Self::RoutePartial => Entry {
                meaning: "The gate stands before a part of its host only, so the rest of it is served without a gate.",
                known_by: "`usher check config`: the routes of the file for the gate's host do not end with `/*`.",
                cure: "Let the pattern end with `/*`, or make the host a custom domain of the Worker.",
            },
            Self::SecretMissing => Entry {
                meaning: "The gate is not told its secrets, so it lets nobody in.",
                known_by: "`usher check config`: a gate on this machine is not ready, and `.dev.vars` has no such name; of a deployed gate it cannot be seen.",
                cure: "Add them to `.dev.vars`.",
            },
            Self::SecretWrittenDown => Entry {
                meaning: "A secret stands in a file that everybody reads who reads the code.",
                known_by: "`usher check config`: `[vars]` has the name of a secret.",
                cure: "Take it out, make a new one, and set that with `wrangler secret put`.",
            },
            Self::SecurityHeadersMissing => Entry {
                meaning: "The gate's pages reach browsers without the headers that keep them safe.",
                known_by: "A page of the gate lacks a header that the gate sends with it.",
                cure: "Find what stands before the gate and removes or replaces headers of its answers.",
            },
            Self::SettingMissing => Entry {
                meaning: "The file leaves out what the gate cannot do without, or what keeps its fetches at the front door.",
                known_by: "`usher check config`: a required variable, `compatibility_date` or the flag `global_fetch_strictly_public` is not there.",
                cure: "Add what the report lists.",
            },
            Self::SettingUnknown => Entry {
                meaning: "The gate is told something under a name that it does not know, most often a misspelt one; it lets nobody in with it.",
                known_by: "`usher check config`: a name that begins with `USHER_` is none of the settings, nor a secret that an issuer names.",
                cure: "Correct the name, or take it out.",
            },
            Self::TableMissing => Entry {
                meaning: "Some tables of the deployed code are not in the database, and others are: a migration is missing or failed.",
                known_by: "`schema` of [[databases]], and its `tables`, held against the live database.",
                cure: "Apply the migrations that are missing, or run the CREATE TABLE statements of the report.",
            },
            Self::TokenMissing => Entry {
                meaning: "A log-in is answered as a success, and has no token where usher.toml looks for it.",
                known_by: "The answer of the log-in: it has no token at all, or one at another place, which the report names.",
                cure: "Look at what the identity service gives this client (grant, audience, scope, second factor), or correct `token` in [log_in].",
            },
            Self::TokenRefused => Entry {
                meaning: "The gate does not accept the tokens that people get when they log in, so nobody is let in.",
                known_by: "The gate refused the token of the run; the gate's own code judged it here, by USHER_ISSUERS of the files in this folder, and says which rule it breaks.",
                cure: "What the report says of that rule; `usher check tokens` judges a token without a run.",
            },
            Self::UnknownToGate => Entry {
                meaning: "The gate's registry has nobody for a user of the platform, so the gate will not let them in as that user.",
                known_by: "`usher audit` read both places to their end, the user is not pending, and their key is not in the registry.",
                cure: "Tell the gate of them, by a plan of `usher audit` with a request to the admin API.",
            },
            Self::UserWithoutAccount => Entry {
                meaning: "A user has no account at a service that the platform needs for them.",
                known_by: "`usher audit` read both places to their end, the user is not pending, and there is no account with their key.",
                cure: "Find why it was not created; create the missing accounts by a plan of `usher audit`.",
            },
            Self::UserWithoutIdentity => Entry {
                meaning: "The app has a record of somebody who cannot log in, because the identity provider does not know them.",
                known_by: "`usher audit` read both places to their end, and the key of the record is that of no identity.",
                cure: "Find out whether the identity was removed and the record forgotten, or written with another key.",
            },
            Self::WebhookDeliveryFailed => Entry {
                meaning: "Sign-ups were sent to the platform and nobody took them: each is an identity with nothing behind it.",
                known_by: "Auth0 lists failed deliveries of the event stream of [[webhooks]], with the last error.",
                cure: "Mend the handler, then let Auth0 send them again; the report has the command.",
            },
            Self::WebhookDisabled => Entry {
                meaning: "What carries sign-ups to the platform is off, by hand or because too many deliveries failed.",
                known_by: "The provider says of the stream of [[webhooks]] another status than `active` or `enabled`, or of the Action that it was never deployed.",
                cure: "Mend the handler if its failures were the reason, switch it on, and find with `usher audit` who signed up meanwhile.",
            },
            Self::WebhookEndpointDead => Entry {
                meaning: "Nobody is there to take a sign-up: no answer, no such path, or the gate, which wants a visitor's token.",
                known_by: "The `endpoint` of [[webhooks]] was asked with OPTIONS, HEAD and GET, which change nothing.",
                cure: "Bring the handler into service at this address, or correct where sign-ups are sent to.",
            },
            Self::WebhookEnvironmentMissing => Entry {
                meaning: "The handler of sign-ups is not told what it needs, so it fails at every one of them.",
                known_by: "A name of `environment` in [[webhooks]] is not set, or empty, in `env_file` or where `usher check webhooks` runs; values are not looked at.",
                cure: "Set the variables that the report names, and start the handler anew.",
            },
            Self::WebhookFiltersOut => Entry {
                meaning: "What sends to the platform is on, and does not send sign-ups.",
                known_by: "The filters or subscriptions of the stream of [[webhooks]] lack one of `events`.",
                cure: "Add them by the command of the report, and find with `usher audit` who signed up meanwhile.",
            },
            Self::WebhookMissing => Entry {
                meaning: "Nothing carries sign-ups to the platform: identities are made, and nobody behind them hears of it.",
                known_by: "All streams, or all Actions of the trigger, were read, and none is the one of [[webhooks]].",
                cure: "Make it by the command of the report, and find with `usher audit` who signed up meanwhile.",
            },
            Self::WebhookWrongEndpoint => Entry {
                meaning: "Sign-ups are sent to another place than this deployment, such as that of a staging.",
                known_by: "The stream that [[webhooks]] names, or one whose address is half right, sends elsewhere.",
                cure: "Give it the address of this deployment, or correct `endpoint`.",
            },
        }
    }
}
