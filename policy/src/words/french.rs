//! French, without a word that would guess at the visitor's gender.

use super::{Elapsed, Labels, Unit, Words};
use crate::reason::Reason;

#[expect(
    clippy::too_many_lines,
    reason = "one exhaustive map is the point: every reason and its words in one place"
)]
pub(super) const fn words(reason: Reason) -> Words {
    match reason {
        Reason::AuthorityUnavailable => Words {
            title: "Nous ne pouvons pas consulter votre compte pour le moment",
            detail: "Le service qui gère votre compte ne répond pas. Votre compte n’est pas en cause et rien n’a été perdu.",
            next: "Réessayez dans un instant. Si cela dure, contactez l’assistance en indiquant la référence ci-dessous.",
        },
        Reason::BadRequest => Words {
            title: "La requête n’a pas pu être comprise",
            detail: "Le corps ou l’adresse de cet appel ne correspond pas à ce que ce point d’accès accepte.",
            next: "Corrigez ce qui est indiqué, puis renvoyez la requête.",
        },
        Reason::Conflict => Words {
            title: "L’enregistrement existe déjà",
            detail: "La modification est en conflit avec le contenu du registre\u{202f}; rien n’a donc été modifié.",
            next: "Lisez d’abord l’enregistrement, puis envoyez une modification compatible.",
        },
        Reason::CookieNotKept => Words {
            title: "Votre navigateur n’a pas conservé votre connexion",
            detail: "La connexion a réussi, mais votre navigateur n’a pas renvoyé le cookie de ce site\u{202f}; nous ne pouvons donc pas vous reconnaître.",
            next: "Autorisez les cookies pour ce site, puis reconnectez-vous. Une fenêtre privée ou une extension qui bloque les cookies peut aussi en être la cause.",
        },
        Reason::CredentialAmbiguous => Words {
            title: "La requête vous identifie de deux façons",
            detail: "Elle contient plusieurs connexions\u{a0}: nous ne pouvons pas savoir laquelle est la bonne, et nous ne devinons pas.",
            next: "Supprimez les cookies de ce site et reconnectez-vous. Pour les programmes\u{a0}: envoyez un seul en-tête Authorization ou un seul cookie.",
        },
        Reason::CrossSiteRequest => Words {
            title: "Cette requête provient d’un autre site",
            detail: "Un autre site a demandé à votre navigateur de modifier quelque chose ici. Pour vous protéger, la requête n’a pas été transmise.",
            next: "Si c’était bien votre intention, faites-le depuis l’application.",
        },
        Reason::IllegalTransition => Words {
            title: "Ce changement de statut n’est pas autorisé",
            detail: "Une instance passe par provisioning, active, ready, une étape à la fois\u{202f}; elle peut être suspendue, puis revient là où elle en était.",
            next: "Envoyez l’un des statuts suivants autorisés.",
        },
        Reason::InstanceActive => Words {
            title: "Votre application est en cours de configuration",
            detail: "Elle est installée et sa configuration se termine. Vous n’avez rien à faire.",
            next: "Patientez un instant\u{a0}: votre application s’ouvrira ici d’elle-même dès qu’elle sera prête.",
        },
        Reason::InstanceOverdue => Words {
            title: "La mise en place de votre application prend plus de temps que prévu",
            detail: "Un problème est survenu de notre côté. Vous n’y êtes pour rien, et rien de ce que vous avez saisi n’a été perdu.",
            next: "Contactez l’assistance en indiquant la référence ci-dessous. Vous pouvez aussi revenir plus tard\u{a0}: votre application s’ouvrira ici quand elle sera prête.",
        },
        Reason::InstanceProvisioning => Words {
            title: "Votre application est en cours de création",
            detail: "Votre inscription est terminée et votre propre application est en cours d’installation. Vous n’avez rien à faire.",
            next: "Patientez un instant\u{a0}: votre application s’ouvrira ici d’elle-même dès qu’elle sera prête.",
        },
        Reason::InstanceSuspended => Words {
            title: "Votre application est suspendue",
            detail: "L’exploitant de ce site l’a désactivée pour le moment. Vos données sont toujours là.",
            next: "Contactez l’assistance pour en connaître la raison et savoir comment la faire réactiver.",
        },
        Reason::InstanceTimedOut => Words {
            title: "Votre application met trop de temps à répondre",
            detail: "Votre connexion est valable et l’accès vous est ouvert, mais votre application n’a pas répondu à temps. Si vous avez envoyé quelque chose, c’est peut-être tout de même arrivé.",
            next: "Réessayez dans un instant, mais vérifiez d’abord que votre envoi n’est pas déjà arrivé. Si cela dure, contactez l’assistance en indiquant la référence ci-dessous.",
        },
        Reason::InstanceUnreachable => Words {
            title: "Votre application ne répond pas",
            detail: "Votre connexion est valable et l’accès vous est ouvert, mais votre application est injoignable. Si vous avez envoyé quelque chose, ce n’est peut-être pas arrivé.",
            next: "Réessayez dans un instant. Si cela dure, contactez l’assistance en indiquant la référence ci-dessous.",
        },
        Reason::InstanceWaking => Words {
            title: "Votre application se réveille",
            detail: "Elle était en veille ou vient d’être mise à jour, et elle démarre. Vous n’avez rien à faire.",
            next: "Patientez un instant\u{a0}: votre application s’ouvrira ici d’elle-même dès qu’elle répondra.",
        },
        Reason::InternalError => Words {
            title: "Un problème est survenu de notre côté",
            detail: "La requête n’a pas pu aboutir. Si vous avez envoyé quelque chose, ce n’est peut-être pas arrivé.",
            next: "Réessayez. Si cela se reproduit, contactez l’assistance en indiquant la référence ci-dessous.",
        },
        Reason::InvitationRequired => Words {
            title: "Demande d’accès en attente",
            detail: "Votre connexion a réussi, mais personne n’a encore invité ce compte.",
            next: "Demandez une invitation à votre administrateur, ou utilisez un autre compte.",
        },
        Reason::IssuerUnavailable => Words {
            title: "Nous ne pouvons pas vérifier votre connexion pour le moment",
            detail: "Le service qui atteste votre connexion ne répond pas. Votre session reste ouverte.",
            next: "Réessayez dans un instant. Si cela dure, contactez l’assistance en indiquant la référence ci-dessous.",
        },
        Reason::LoggedOut => Words {
            title: "Déconnexion effectuée",
            detail: "Depuis ce navigateur, personne n’accède à votre application sans se reconnecter.",
            next: "Vous pouvez fermer cette page ou vous reconnecter.",
        },
        Reason::LoginLoop => Words {
            title: "La connexion n’aboutit pas",
            detail: "Plusieurs passages de suite par la page de connexion sont restés sans résultat. Le plus souvent, le navigateur ne conserve pas le cookie de ce site, ou la page de connexion n’a pas transmis votre connexion.",
            next: "Autorisez les cookies pour ce site et reconnectez-vous. Si cela se reproduit, contactez l’assistance en indiquant la référence ci-dessous.",
        },
        Reason::LoginRequired => Words {
            title: "Veuillez vous connecter",
            detail: "Cette application est privée, et nous ne savons pas encore qui vous êtes.",
            next: "Connectez-vous\u{202f}; vous reviendrez ensuite à cette page.",
        },
        Reason::LogoutUnconfirmed => Words {
            title: "Voulez-vous vous déconnecter\u{202f}?",
            detail: "Votre connexion prendra fin dans ce navigateur et, en général, aussi sur vos autres appareils.",
            next: "Appuyez sur le bouton pour vous déconnecter, ou revenez à votre application.",
        },
        Reason::MethodNotAllowed => Words {
            title: "Cette opération n’est pas possible ici",
            detail: "L’adresse existe, mais elle n’accepte pas cette méthode.",
            next: "Utilisez une méthode indiquée par l’en-tête Allow.",
        },
        Reason::Misconfigured => Words {
            title: "Ce site n’est pas configuré correctement",
            detail: "Personne ne peut entrer tant que son exploitant n’y a pas remédié. Votre compte n’est pas en cause.",
            next: "Veuillez réessayer plus tard. Pour les exploitants\u{a0}: /.usher/ready indique chaque erreur.",
        },
        Reason::NoInstance => Words {
            title: "Il n’y a pas d’application pour vous ici",
            detail: "Votre connexion a réussi, mais ce compte n’a pas d’application à cette adresse.",
            next: "Si vous venez de vous inscrire, attendez une minute et réessayez. Sinon, utilisez un autre compte ou contactez l’assistance.",
        },
        Reason::NotFound => Words {
            title: "Il n’y a rien ici",
            detail: "Cette adresse ou cet enregistrement n’existe pas.",
            next: "Vérifiez l’adresse.",
        },
        Reason::OperatorRequired => Words {
            title: "Réservé aux exploitants",
            detail: "L’API d’administration exige le secret de l’exploitant.",
            next: "Envoyez-le sous la forme `Authorization: Bearer`\u{202f}; c’est le secret USHER_ADMIN_SECRET.",
        },
        Reason::PathAmbiguous => Words {
            title: "L’adresse peut être lue de deux façons",
            detail: "Elle remonte avec `..` ou contient une barre oblique inverse\u{a0}: elle pourrait désigner un autre endroit pour l’application que pour nous. Elle n’a pas été transmise.",
            next: "Utilisez l’adresse voulue, sans segments `.` ni `..`.",
        },
        Reason::SessionEnded => Words {
            title: "Votre session est terminée",
            detail: "Cette connexion a été interrompue, par vous ou par un administrateur.",
            next: "Reconnectez-vous\u{202f}; vous reviendrez ensuite à cette page.",
        },
        Reason::SessionsNotEnded => Words {
            title: "Déconnexion effectuée ici, mais peut-être pas ailleurs",
            detail: "Ce navigateur a oublié votre connexion. Le service qui met fin à vos autres sessions ne répond pas\u{202f}; elles sont peut-être encore ouvertes.",
            next: "Connectez-vous, puis déconnectez-vous encore une fois. Si cela dure, contactez l’assistance en indiquant la référence ci-dessous.",
        },
        Reason::StandingUnreadable => Words {
            title: "Les données de votre compte sont illisibles",
            detail: "Ce que nous savons de votre compte est incohérent\u{202f}; nous ne laissons donc entrer personne avec ce compte. L’exploitant a été alerté.",
            next: "Contactez l’assistance en indiquant la référence ci-dessous.",
        },
        Reason::TokenExpired => Words {
            title: "Votre connexion a expiré",
            detail: "Une connexion n’est valable que pour une durée limitée, et cette durée est écoulée.",
            next: "Reconnectez-vous\u{202f}; vous reviendrez ensuite à cette page.",
        },
        Reason::TokenInvalid => Words {
            title: "Votre connexion n’a pas été acceptée",
            detail: "Ce que votre navigateur ou votre programme a envoyé n’est pas une connexion valable pour ce site.",
            next: "Reconnectez-vous. Pour les programmes\u{a0}: demandez un nouveau jeton à l’émetteur auquel ce site fait confiance.",
        },
    }
}

pub(super) const ADMITTED: Words = Words {
    title: "Votre application est prête",
    detail: "Votre connexion est valable, et les requêtes sont transmises à votre application.",
    next: "Ouvrez votre application.",
};

pub(super) const LABELS: Labels = Labels {
    another_account: "Utiliser un autre compte",
    check_now: "Vérifier maintenant",
    contact_support: "Contacter l’assistance",
    log_in: "Se connecter",
    log_out: "Se déconnecter",
    open_app: "Aller à votre application",
    try_again: "Réessayer",
    logged_in_as: "Compte utilisé\u{a0}:",
    reference: "Référence",
    progress: "Avancement",
    steps: ["Création", "Configuration", "Prête"],
    done: "Terminé\u{a0}:",
    elapsed: Elapsed {
        before: "C’est le cas depuis ",
        after: ".",
        moment: "moins d’une minute",
        minute: Unit {
            one: " minute",
            many: " minutes",
        },
        hour: Unit {
            one: " heure",
            many: " heures",
        },
        day: Unit {
            one: " jour",
            many: " jours",
        },
    },
};
