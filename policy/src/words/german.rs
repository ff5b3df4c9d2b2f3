//! German, with the polite form.

use super::{Elapsed, Labels, Unit, Words};
use crate::reason::Reason;

#[expect(
    clippy::too_many_lines,
    reason = "one exhaustive map is the point: every reason and its words in one place"
)]
pub(super) const fn words(reason: Reason) -> Words {
    match reason {
        Reason::AuthorityUnavailable => Words {
            title: "Wir können Ihr Konto gerade nicht nachschlagen",
            detail: "Der Dienst, der Ihr Konto kennt, antwortet nicht. Mit Ihrem Konto ist alles in Ordnung, und nichts ist verloren gegangen.",
            next: "Versuchen Sie es gleich noch einmal. Wenn das Problem bestehen bleibt, wenden Sie sich an den Support und nennen Sie die unten stehende Referenz.",
        },
        Reason::BadRequest => Words {
            title: "Die Anfrage war nicht zu verstehen",
            detail: "Inhalt oder Adresse dieses Aufrufs entsprechen nicht dem, was dieser Endpunkt annimmt.",
            next: "Berichtigen Sie, was aufgeführt ist, und senden Sie die Anfrage noch einmal.",
        },
        Reason::Conflict => Words {
            title: "Den Eintrag gibt es schon",
            detail: "Die Änderung widerspricht dem, was im Verzeichnis steht; deshalb wurde nichts geändert.",
            next: "Lesen Sie zuerst den Eintrag und senden Sie dann eine Änderung, die zu ihm passt.",
        },
        Reason::CookieNotKept => Words {
            title: "Ihr Browser hat Ihre Anmeldung nicht gespeichert",
            detail: "Die Anmeldung war erfolgreich, aber Ihr Browser hat das Cookie dieser Website nicht zurückgesendet. Deshalb können wir Sie nicht erkennen.",
            next: "Erlauben Sie Cookies für diese Website und melden Sie sich dann noch einmal an. Auch ein privates Fenster oder eine Erweiterung, die Cookies blockiert, kann der Grund sein.",
        },
        Reason::CredentialAmbiguous => Words {
            title: "Die Anfrage weist Sie auf zwei Arten aus",
            detail: "Sie enthält mehr als eine Anmeldung. Welche gemeint ist, können wir nicht erkennen, und wir raten nicht.",
            next: "Löschen Sie die Cookies dieser Website und melden Sie sich noch einmal an. Für Programme: Senden Sie genau einen Header Authorization oder genau ein Cookie.",
        },
        Reason::CrossSiteRequest => Words {
            title: "Diese Anfrage kam von einer anderen Website",
            detail: "Eine andere Website hat Ihren Browser aufgefordert, hier etwas zu ändern. Zu Ihrem Schutz wurde die Anfrage nicht weitergeleitet.",
            next: "Wenn Sie das wirklich wollten, tun Sie es aus der App heraus.",
        },
        Reason::IllegalTransition => Words {
            title: "Dieser Statuswechsel ist nicht zulässig",
            detail: "Eine Instanz durchläuft provisioning, active, ready Schritt für Schritt; sie kann gesperrt werden und kehrt dann dorthin zurück, wo sie war.",
            next: "Senden Sie einen der zulässigen nächsten Status.",
        },
        Reason::InstanceActive => Words {
            title: "Ihre App wird eingerichtet",
            detail: "Sie ist installiert, und die Einrichtung wird gerade abgeschlossen. Sie müssen nichts tun.",
            next: "Bitte warten Sie einen Moment: Ihre App öffnet sich hier von selbst, sobald sie bereit ist.",
        },
        Reason::InstanceOverdue => Words {
            title: "Die Einrichtung Ihrer App dauert länger als vorgesehen",
            detail: "Auf unserer Seite ist etwas schiefgegangen. Es liegt nicht an Ihnen, und nichts von Ihren Eingaben ist verloren.",
            next: "Wenden Sie sich an den Support und nennen Sie die unten stehende Referenz. Sie können auch später wiederkommen: Ihre App öffnet sich hier, wenn sie bereit ist.",
        },
        Reason::InstanceProvisioning => Words {
            title: "Ihre App wird erstellt",
            detail: "Sie sind registriert, und Ihre eigene App wird gerade installiert. Sie müssen nichts tun.",
            next: "Bitte warten Sie einen Moment: Ihre App öffnet sich hier von selbst, sobald sie bereit ist.",
        },
        Reason::InstanceSuspended => Words {
            title: "Ihre App ist gesperrt",
            detail: "Der Betreiber dieser Website hat sie vorübergehend deaktiviert. Ihre Daten sind noch da.",
            next: "Wenden Sie sich an den Support, um zu erfahren, warum das so ist und wie sie wieder freigeschaltet wird.",
        },
        Reason::InstanceTimedOut => Words {
            title: "Ihre App braucht zu lange für eine Antwort",
            detail: "Sie sind angemeldet und haben Zugang, aber Ihre App hat nicht rechtzeitig geantwortet. Falls Sie etwas gesendet haben, ist es möglicherweise trotzdem angekommen.",
            next: "Versuchen Sie es gleich noch einmal, aber sehen Sie vor einem erneuten Senden nach, ob es schon angekommen ist. Wenn das Problem bestehen bleibt, wenden Sie sich an den Support und nennen Sie die unten stehende Referenz.",
        },
        Reason::InstanceUnreachable => Words {
            title: "Ihre App antwortet nicht",
            detail: "Sie sind angemeldet und haben Zugang, aber Ihre App war nicht erreichbar. Falls Sie etwas gesendet haben, ist es möglicherweise nicht angekommen.",
            next: "Versuchen Sie es gleich noch einmal. Wenn das Problem bestehen bleibt, wenden Sie sich an den Support und nennen Sie die unten stehende Referenz.",
        },
        Reason::InstanceWaking => Words {
            title: "Ihre App wacht auf",
            detail: "Sie hat geruht oder wurde gerade aktualisiert und wird jetzt gestartet. Sie müssen nichts tun.",
            next: "Bitte warten Sie einen Moment: Ihre App öffnet sich hier von selbst, sobald sie antwortet.",
        },
        Reason::InternalError => Words {
            title: "Auf unserer Seite ist etwas schiefgegangen",
            detail: "Die Anfrage konnte nicht beantwortet werden. Falls Sie etwas gesendet haben, ist es möglicherweise nicht angekommen.",
            next: "Versuchen Sie es noch einmal. Wenn es wieder geschieht, wenden Sie sich an den Support und nennen Sie die unten stehende Referenz.",
        },
        Reason::InvitationRequired => Words {
            title: "Ihr Zugang ist noch nicht freigegeben",
            detail: "Sie sind angemeldet, aber dieses Konto wurde noch nicht eingeladen.",
            next: "Bitten Sie Ihre Administration um eine Einladung, oder verwenden Sie ein anderes Konto.",
        },
        Reason::IssuerUnavailable => Words {
            title: "Wir können Ihre Anmeldung gerade nicht prüfen",
            detail: "Der Dienst, der Ihre Anmeldung bestätigt, antwortet nicht. Sie sind nicht abgemeldet.",
            next: "Versuchen Sie es gleich noch einmal. Wenn das Problem bestehen bleibt, wenden Sie sich an den Support und nennen Sie die unten stehende Referenz.",
        },
        Reason::LoggedOut => Words {
            title: "Sie sind abgemeldet",
            detail: "Von diesem Browser aus kommt ohne erneute Anmeldung niemand in Ihre App.",
            next: "Sie können diese Seite schließen oder sich wieder anmelden.",
        },
        Reason::LoginLoop => Words {
            title: "Die Anmeldung gelingt nicht",
            detail: "Sie wurden mehrmals hintereinander zur Anmeldung geschickt und kamen jedes Mal ohne Anmeldung zurück. Meist speichert der Browser das Cookie dieser Website nicht, oder die Anmeldeseite hat die Anmeldung nicht übergeben.",
            next: "Erlauben Sie Cookies für diese Website und melden Sie sich noch einmal an. Wenn es wieder geschieht, wenden Sie sich an den Support und nennen Sie die unten stehende Referenz.",
        },
        Reason::LoginRequired => Words {
            title: "Bitte melden Sie sich an",
            detail: "Dies ist eine private App, und wir wissen noch nicht, wer Sie sind.",
            next: "Melden Sie sich an; danach kommen Sie auf diese Seite zurück.",
        },
        Reason::LogoutUnconfirmed => Words {
            title: "Möchten Sie sich abmelden?",
            detail: "Ihre Anmeldung endet in diesem Browser und in der Regel auch auf Ihren anderen Geräten.",
            next: "Drücken Sie auf die Schaltfläche, um sich abzumelden, oder kehren Sie zu Ihrer App zurück.",
        },
        Reason::MethodNotAllowed => Words {
            title: "Das ist hier nicht möglich",
            detail: "Die Adresse gibt es, aber sie nimmt diese Methode nicht an.",
            next: "Verwenden Sie eine Methode, die der Header Allow nennt.",
        },
        Reason::Misconfigured => Words {
            title: "Diese Website ist nicht richtig eingerichtet",
            detail: "Bis der Betreiber das behoben hat, kann niemand hinein. Mit Ihrem Konto ist alles in Ordnung.",
            next: "Bitte versuchen Sie es später noch einmal. Für Betreiber: /.usher/ready führt jeden Fehler auf.",
        },
        Reason::NoInstance => Words {
            title: "Hier gibt es keine App für Sie",
            detail: "Sie sind angemeldet, aber dieses Konto hat unter dieser Adresse keine App.",
            next: "Wenn Sie sich gerade erst registriert haben, warten Sie eine Minute und versuchen Sie es noch einmal. Verwenden Sie sonst ein anderes Konto, oder wenden Sie sich an den Support.",
        },
        Reason::NotFound => Words {
            title: "Hier ist nichts",
            detail: "Diese Adresse oder diesen Eintrag gibt es nicht.",
            next: "Prüfen Sie die Adresse.",
        },
        Reason::OperatorRequired => Words {
            title: "Nur für Betreiber",
            detail: "Die Admin-API verlangt das Geheimnis des Betreibers.",
            next: "Senden Sie es als `Authorization: Bearer`; es steht im Secret USHER_ADMIN_SECRET.",
        },
        Reason::PathAmbiguous => Words {
            title: "Die Adresse lässt sich auf zwei Arten lesen",
            detail: "Sie enthält `..` oder einen umgekehrten Schrägstrich und könnte für die App einen anderen Ort meinen als für uns. Sie wurde nicht weitergeleitet.",
            next: "Verwenden Sie die gemeinte Adresse ohne die Abschnitte `.` und `..`.",
        },
        Reason::SessionEnded => Words {
            title: "Sie wurden abgemeldet",
            detail: "Diese Anmeldung wurde beendet, von Ihnen selbst oder von der Administration.",
            next: "Melden Sie sich wieder an; danach kommen Sie auf diese Seite zurück.",
        },
        Reason::SessionsNotEnded => Words {
            title: "Hier sind Sie abgemeldet, anderswo vielleicht nicht",
            detail: "Dieser Browser hat Ihre Anmeldung vergessen. Der Dienst, der Ihre anderen Sitzungen beendet, antwortet nicht; sie können noch offen sein.",
            next: "Melden Sie sich noch einmal an und wieder ab. Wenn das Problem bestehen bleibt, wenden Sie sich an den Support und nennen Sie die unten stehende Referenz.",
        },
        Reason::StandingUnreadable => Words {
            title: "Der Eintrag Ihres Kontos ist nicht lesbar",
            detail: "Was uns über Ihr Konto vorliegt, ergibt keinen Sinn; deshalb lassen wir niemanden damit hinein. Der Betreiber wurde benachrichtigt.",
            next: "Wenden Sie sich an den Support und nennen Sie die unten stehende Referenz.",
        },
        Reason::TokenExpired => Words {
            title: "Ihre Anmeldung ist abgelaufen",
            detail: "Eine Anmeldung gilt nur für begrenzte Zeit, und diese ist vorbei.",
            next: "Melden Sie sich wieder an; danach kommen Sie auf diese Seite zurück.",
        },
        Reason::TokenInvalid => Words {
            title: "Ihre Anmeldung wurde nicht angenommen",
            detail: "Was Ihr Browser oder Programm gesendet hat, ist keine gültige Anmeldung für diese Website.",
            next: "Melden Sie sich noch einmal an. Für Programme: Holen Sie ein neues Token bei dem Aussteller, dem diese Website vertraut.",
        },
    }
}

pub(super) const ADMITTED: Words = Words {
    title: "Ihre App ist bereit",
    detail: "Sie sind angemeldet, und Anfragen werden an Ihre App weitergeleitet.",
    next: "Öffnen Sie Ihre App.",
};

pub(super) const LABELS: Labels = Labels {
    another_account: "Anderes Konto verwenden",
    check_now: "Jetzt nachsehen",
    contact_support: "Support kontaktieren",
    log_in: "Anmelden",
    log_out: "Abmelden",
    open_app: "Zu Ihrer App",
    try_again: "Erneut versuchen",
    logged_in_as: "Angemeldet als",
    reference: "Referenz",
    progress: "Fortschritt",
    steps: ["Erstellung", "Einrichtung", "Bereit"],
    done: "Erledigt:",
    elapsed: Elapsed {
        before: "Das ist seit ",
        after: " so.",
        moment: "weniger als einer Minute",
        minute: Unit {
            one: " Minute",
            many: " Minuten",
        },
        hour: Unit {
            one: " Stunde",
            many: " Stunden",
        },
        day: Unit {
            one: " Tag",
            many: " Tagen",
        },
    },
};
