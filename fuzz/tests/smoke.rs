//! A short search in every target, the same one each time. The long one is `cargo xtask fuzz`.

use fuzz::runner::{self, Budget};
use fuzz::target::Target;

const EXECUTIONS: u64 = 20_000;

fn search(target: Target) {
    let report = runner::run(target, Budget::Executions(EXECUTIONS), 1);
    let finding = report
        .finding
        .map(|input| String::from_utf8_lossy(&input).into_owned());
    assert_eq!(finding, None, "{} breaks its law", target.name());
    assert_eq!(report.executions, EXECUTIONS);
    assert!(
        report.taken > EXECUTIONS / 100,
        "only {} got past the reader",
        report.taken
    );
}

// One test a target, so that they run beside each other and a failure names its own.
macro_rules! searches {
    ($($name:ident: $target:ident,)*) => {
        $(#[test]
        fn $name() {
            search(Target::$target);
        })*

        #[test]
        fn no_target_is_left_out() {
            assert_eq!([$(Target::$target),*], Target::ALL);
        }
    };
}

searches! {
    authorization: Authorization,
    claims: Claims,
    control_plane: ControlPlane,
    cookie: Cookie,
    instance_url: InstanceUrl,
    jwks: Jwks,
    kv_record: KvRecord,
    languages: Languages,
    path: Path,
    pem: Pem,
    strict_json: StrictJson,
    token: Token,
}
