//! Japanese, polite.

use super::{Elapsed, Labels, Unit, Words};
use crate::reason::Reason;

#[expect(
    clippy::too_many_lines,
    reason = "one exhaustive map is the point: every reason and its words in one place"
)]
pub(super) const fn words(reason: Reason) -> Words {
    match reason {
        Reason::AuthorityUnavailable => Words {
            title: "現在、アカウントを確認できません",
            detail: "アカウント情報を管理するサービスが応答していません。お客様のアカウントに問題はなく、失われたものもありません。",
            next: "しばらくしてからもう一度お試しください。解決しない場合は、下記の参照番号を添えてサポートにお問い合わせください。",
        },
        Reason::BadRequest => Words {
            title: "リクエストを理解できませんでした",
            detail: "この呼び出しの本文またはアドレスが、このエンドポイントの受け付ける形式ではありません。",
            next: "示された点を修正して、もう一度送信してください。",
        },
        Reason::Conflict => Words {
            title: "そのレコードはすでに存在します",
            detail: "この変更は登録内容と矛盾するため、何も変更されませんでした。",
            next: "まずレコードを読み取り、その内容に合う変更を送信してください。",
        },
        Reason::CookieNotKept => Words {
            title: "ブラウザーがログイン状態を保持していません",
            detail: "ログインは完了していますが、ブラウザーからこのサイトの Cookie が送り返されなかったため、お客様を確認できません。",
            next: "このサイトの Cookie を許可してから、もう一度ログインしてください。プライベートウィンドウや、Cookie をブロックする拡張機能が原因の場合もあります。",
        },
        Reason::CredentialAmbiguous => Words {
            title: "リクエストに複数のログイン情報があります",
            detail: "どのログイン情報を使うべきか判断できません。推測で処理することはありません。",
            next: "このサイトの Cookie を削除して、もう一度ログインしてください。プログラムの場合は、Authorization ヘッダーか Cookie のどちらか1つだけを送信してください。",
        },
        Reason::CrossSiteRequest => Words {
            title: "このリクエストは別のサイトから送られました",
            detail: "別のサイトが、ここでの変更をブラウザーに要求しました。お客様を保護するため、リクエストは転送されませんでした。",
            next: "意図した操作であれば、アプリの中から行ってください。",
        },
        Reason::IllegalTransition => Words {
            title: "このステータス変更は許可されていません",
            detail: "インスタンスは provisioning、active、ready の順に1段階ずつ進みます。停止することもでき、その後は元の段階に戻ります。",
            next: "許可されている次のステータスのいずれかを送信してください。",
        },
        Reason::InstanceActive => Words {
            title: "アプリを設定しています",
            detail: "インストールは完了し、設定を仕上げています。お客様の操作は必要ありません。",
            next: "しばらくお待ちください。準備ができ次第、この画面で自動的にアプリが開きます。",
        },
        Reason::InstanceOverdue => Words {
            title: "アプリの準備に時間がかかりすぎています",
            detail: "当サイト側で問題が発生しました。お客様の操作が原因ではなく、入力された内容も失われていません。",
            next: "下記の参照番号を添えてサポートにお問い合わせください。後でもう一度アクセスしていただくこともできます。準備ができていれば、この画面でアプリが開きます。",
        },
        Reason::InstanceProvisioning => Words {
            title: "アプリを作成しています",
            detail: "登録が完了し、お客様専用のアプリをインストールしています。お客様の操作は必要ありません。",
            next: "しばらくお待ちください。準備ができ次第、この画面で自動的にアプリが開きます。",
        },
        Reason::InstanceSuspended => Words {
            title: "アプリは停止されています",
            detail: "このサイトの運営者により、一時的に無効化されています。お客様のデータは保持されています。",
            next: "理由と再開の方法については、サポートにお問い合わせください。",
        },
        Reason::InstanceTimedOut => Words {
            title: "アプリの応答に時間がかかりすぎています",
            detail: "ログインもアクセス権も問題ありませんが、アプリが時間内に応答しませんでした。何かを送信された場合、その内容は届いている可能性があります。",
            next: "しばらくしてからもう一度お試しください。再送信する場合は、その前に届いているかどうかをご確認ください。解決しない場合は、下記の参照番号を添えてサポートにお問い合わせください。",
        },
        Reason::InstanceUnreachable => Words {
            title: "アプリが応答しません",
            detail: "ログインもアクセス権も問題ありませんが、アプリに接続できませんでした。何かを送信された場合、その内容は届いていない可能性があります。",
            next: "しばらくしてからもう一度お試しください。解決しない場合は、下記の参照番号を添えてサポートにお問い合わせください。",
        },
        Reason::InstanceWaking => Words {
            title: "アプリを起動しています",
            detail: "休止していたか、更新されたばかりのため、起動処理を行っています。お客様の操作は必要ありません。",
            next: "しばらくお待ちください。応答があり次第、この画面で自動的にアプリが開きます。",
        },
        Reason::InternalError => Words {
            title: "当サイト側で問題が発生しました",
            detail: "リクエストに応答できませんでした。何かを送信された場合、その内容は届いていない可能性があります。",
            next: "もう一度お試しください。再び発生する場合は、下記の参照番号を添えてサポートにお問い合わせください。",
        },
        Reason::InvitationRequired => Words {
            title: "アクセス承認待ちです",
            detail: "ログインは完了していますが、このアカウントはまだ招待されていません。",
            next: "管理者に招待を依頼するか、別のアカウントをご利用ください。",
        },
        Reason::IssuerUnavailable => Words {
            title: "現在、ログインを確認できません",
            detail: "ログインを証明するサービスが応答していません。ログアウトされたわけではありません。",
            next: "しばらくしてからもう一度お試しください。解決しない場合は、下記の参照番号を添えてサポートにお問い合わせください。",
        },
        Reason::LoggedOut => Words {
            title: "ログアウトしました",
            detail: "このブラウザーからは、もう一度ログインするまでアプリにアクセスできません。",
            next: "このページを閉じるか、もう一度ログインしてください。",
        },
        Reason::LoginLoop => Words {
            title: "ログインしてもアクセスできません",
            detail: "続けて何度かログインページに移動しましたが、毎回ログイン情報のないまま戻ってきました。多くの場合、ブラウザーがこのサイトの Cookie を保持していないか、ログインページがログイン情報を渡していないことが原因です。",
            next: "このサイトの Cookie を許可して、もう一度ログインしてください。再び発生する場合は、下記の参照番号を添えてサポートにお問い合わせください。",
        },
        Reason::LoginRequired => Words {
            title: "ログインしてください",
            detail: "このアプリは非公開です。お客様がどなたか、まだ確認できていません。",
            next: "ログインすると、このページに戻ります。",
        },
        Reason::LogoutUnconfirmed => Words {
            title: "ログアウトしますか？",
            detail: "このブラウザーでのログインが終了します。通常は、他の端末でのログインも終了します。",
            next: "ログアウトするにはボタンを押してください。続ける場合はアプリに戻ってください。",
        },
        Reason::MethodNotAllowed => Words {
            title: "ここではこの操作はできません",
            detail: "アドレスは存在しますが、このメソッドは受け付けていません。",
            next: "Allow ヘッダーに示されたメソッドを使用してください。",
        },
        Reason::Misconfigured => Words {
            title: "このサイトは正しく設定されていません",
            detail: "運営者が修正するまで、どなたもアクセスできません。お客様のアカウントに問題はありません。",
            next: "しばらくしてからもう一度お試しください。運営者の方へ：すべての誤りは /.usher/ready で確認できます。",
        },
        Reason::NoInstance => Words {
            title: "ここにはお客様のアプリがありません",
            detail: "ログインは完了していますが、このアカウントにはこのアドレスのアプリがありません。",
            next: "登録したばかりの場合は、1分ほど待ってからもう一度お試しください。それ以外の場合は、別のアカウントを使うか、サポートにお問い合わせください。",
        },
        Reason::NotFound => Words {
            title: "ここには何もありません",
            detail: "このアドレスまたはレコードは存在しません。",
            next: "アドレスをご確認ください。",
        },
        Reason::OperatorRequired => Words {
            title: "運営者専用です",
            detail: "管理 API には運営者のシークレットが必要です。",
            next: "シークレット USHER_ADMIN_SECRET の値を `Authorization: Bearer` として送信してください。",
        },
        Reason::PathAmbiguous => Words {
            title: "アドレスが2通りに解釈できます",
            detail: "アドレスに `..` またはバックスラッシュが含まれており、アプリでは別の場所を指す可能性があります。そのため転送されませんでした。",
            next: "`.` や `..` を含まない、本来のアドレスを使用してください。",
        },
        Reason::SessionEnded => Words {
            title: "ログアウトされました",
            detail: "このログインは、お客様または管理者によって終了されました。",
            next: "もう一度ログインすると、このページに戻ります。",
        },
        Reason::SessionsNotEnded => Words {
            title: "他の端末ではまだログイン中かもしれません",
            detail: "このブラウザーのログイン情報は消去されました。他のセッションを終了するサービスが応答していないため、まだ有効な場合があります。",
            next: "もう一度ログインしてから、ログアウトしてください。解決しない場合は、下記の参照番号を添えてサポートにお問い合わせください。",
        },
        Reason::StandingUnreadable => Words {
            title: "アカウントの記録を読み取れません",
            detail: "アカウントに関する記録の内容が正しくないため、どなたのアクセスも許可していません。運営者に通知しました。",
            next: "下記の参照番号を添えてサポートにお問い合わせください。",
        },
        Reason::TokenExpired => Words {
            title: "ログインの有効期限が切れました",
            detail: "ログインの有効期間には限りがあり、その期間が過ぎました。",
            next: "もう一度ログインすると、このページに戻ります。",
        },
        Reason::TokenInvalid => Words {
            title: "ログインが受け入れられませんでした",
            detail: "ブラウザーまたはプログラムから送られた情報は、このサイトの有効なログインではありません。",
            next: "もう一度ログインしてください。プログラムの場合は、このサイトが信頼する発行元から新しいトークンを取得してください。",
        },
    }
}

pub(super) const ADMITTED: Words = Words {
    title: "アプリの準備ができました",
    detail: "ログインは完了しており、リクエストはアプリに転送されます。",
    next: "アプリを開いてください。",
};

pub(super) const LABELS: Labels = Labels {
    another_account: "別のアカウントを使う",
    check_now: "今すぐ確認",
    contact_support: "サポートに問い合わせる",
    log_in: "ログイン",
    log_out: "ログアウト",
    open_app: "アプリへ移動",
    try_again: "もう一度試す",
    logged_in_as: "ログイン中のアカウント：",
    reference: "参照番号",
    progress: "進行状況",
    steps: ["作成", "設定", "準備完了"],
    done: "完了：",
    elapsed: Elapsed {
        before: "この状態の継続時間：",
        after: "",
        moment: "1分未満",
        minute: Unit {
            one: "分",
            many: "分",
        },
        hour: Unit {
            one: "時間",
            many: "時間",
        },
        day: Unit {
            one: "日",
            many: "日",
        },
    },
};
