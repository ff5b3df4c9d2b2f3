//! Spanish, with the polite form.

use super::{Elapsed, Labels, Unit, Words};
use crate::reason::Reason;

#[expect(
    clippy::too_many_lines,
    reason = "one exhaustive map is the point: every reason and its words in one place"
)]
pub(super) const fn words(reason: Reason) -> Words {
    match reason {
        Reason::AuthorityUnavailable => Words {
            title: "Ahora mismo no podemos consultar su cuenta",
            detail: "El servicio que conoce su cuenta no responde. Su cuenta está bien y no se ha perdido nada.",
            next: "Inténtelo de nuevo en unos instantes. Si el problema continúa, contacte con el equipo de soporte e indique la referencia que aparece abajo.",
        },
        Reason::BadRequest => Words {
            title: "No se ha podido entender la solicitud",
            detail: "El cuerpo o la dirección de esta llamada no es lo que acepta este endpoint.",
            next: "Corrija lo que se indica y envíela de nuevo.",
        },
        Reason::Conflict => Words {
            title: "El registro ya existe",
            detail: "El cambio choca con lo que ya está guardado, así que no se ha cambiado nada.",
            next: "Lea primero el registro y envíe después un cambio que encaje con él.",
        },
        Reason::CookieNotKept => Words {
            title: "Su navegador no ha guardado su inicio de sesión",
            detail: "El inicio de sesión ha sido correcto, pero su navegador no ha devuelto la cookie de este sitio, así que no podemos reconocer su cuenta.",
            next: "Permita las cookies de este sitio y vuelva a iniciar sesión. También puede deberse a una ventana privada o a una extensión que bloquea las cookies.",
        },
        Reason::CredentialAmbiguous => Words {
            title: "La solicitud le identifica de dos maneras",
            detail: "Contiene más de un inicio de sesión; no podemos saber cuál es el correcto y no lo adivinamos.",
            next: "Borre las cookies de este sitio y vuelva a iniciar sesión. Para programas: envíe una sola cabecera Authorization o una sola cookie.",
        },
        Reason::CrossSiteRequest => Words {
            title: "Esta solicitud viene de otro sitio",
            detail: "Otro sitio ha pedido a su navegador que cambie algo aquí. Para su protección, no se ha transmitido.",
            next: "Si era lo que quería hacer, hágalo desde la propia aplicación.",
        },
        Reason::IllegalTransition => Words {
            title: "Este cambio de estado no está permitido",
            detail: "Una instancia pasa por provisioning, active y ready, paso a paso; puede suspenderse y después vuelve a donde estaba.",
            next: "Envíe uno de los siguientes estados permitidos.",
        },
        Reason::InstanceActive => Words {
            title: "Se está configurando su aplicación",
            detail: "Ya está instalada y se está terminando de configurar. No tiene que hacer nada.",
            next: "Espere un momento: su aplicación se abrirá aquí por sí sola en cuanto esté lista.",
        },
        Reason::InstanceOverdue => Words {
            title: "La preparación de su aplicación está tardando más de lo debido",
            detail: "Algo ha fallado por nuestra parte. No es culpa suya y no se ha perdido nada de lo que introdujo.",
            next: "Contacte con el equipo de soporte e indique la referencia que aparece abajo. También puede volver más tarde: su aplicación se abrirá aquí cuando esté lista.",
        },
        Reason::InstanceProvisioning => Words {
            title: "Se está creando su aplicación",
            detail: "Su registro está completo y se está instalando su propia aplicación. No tiene que hacer nada.",
            next: "Espere un momento: su aplicación se abrirá aquí por sí sola en cuanto esté lista.",
        },
        Reason::InstanceSuspended => Words {
            title: "Su aplicación está suspendida",
            detail: "El operador de este sitio la ha desactivado por ahora. Sus datos se conservan.",
            next: "Contacte con el equipo de soporte para saber por qué y cómo volver a activarla.",
        },
        Reason::InstanceTimedOut => Words {
            title: "Su aplicación tarda demasiado en responder",
            detail: "Ha iniciado sesión y tiene acceso, pero su aplicación no ha respondido a tiempo. Si ha enviado algo, es posible que haya llegado de todos modos.",
            next: "Inténtelo de nuevo en unos instantes, pero antes de volver a enviar algo compruebe si ya ha llegado. Si el problema continúa, contacte con el equipo de soporte e indique la referencia que aparece abajo.",
        },
        Reason::InstanceUnreachable => Words {
            title: "Su aplicación no responde",
            detail: "Ha iniciado sesión y tiene acceso, pero no se ha podido contactar con su aplicación. Si ha enviado algo, es posible que no haya llegado.",
            next: "Inténtelo de nuevo en unos instantes. Si el problema continúa, contacte con el equipo de soporte e indique la referencia que aparece abajo.",
        },
        Reason::InstanceWaking => Words {
            title: "Su aplicación se está reactivando",
            detail: "Estaba en reposo o acaba de actualizarse, y se está iniciando. No tiene que hacer nada.",
            next: "Espere un momento: su aplicación se abrirá aquí por sí sola en cuanto responda.",
        },
        Reason::InternalError => Words {
            title: "Algo ha fallado por nuestra parte",
            detail: "No se ha podido atender la solicitud. Si ha enviado algo, es posible que no haya llegado.",
            next: "Inténtelo de nuevo. Si vuelve a ocurrir, contacte con el equipo de soporte e indique la referencia que aparece abajo.",
        },
        Reason::InvitationRequired => Words {
            title: "Solicitud de acceso pendiente",
            detail: "Ha iniciado sesión, pero nadie ha invitado todavía a esta cuenta.",
            next: "Pida una invitación a su administrador o use otra cuenta.",
        },
        Reason::IssuerUnavailable => Words {
            title: "Ahora mismo no podemos comprobar su inicio de sesión",
            detail: "El servicio que avala su inicio de sesión no responde. Su sesión sigue abierta.",
            next: "Inténtelo de nuevo en unos instantes. Si el problema continúa, contacte con el equipo de soporte e indique la referencia que aparece abajo.",
        },
        Reason::LoggedOut => Words {
            title: "Ha cerrado la sesión",
            detail: "Desde este navegador nadie entra en su aplicación sin volver a iniciar sesión.",
            next: "Puede cerrar esta página o volver a iniciar sesión.",
        },
        Reason::LoginLoop => Words {
            title: "El inicio de sesión no llega a completarse",
            detail: "Se le ha llevado varias veces seguidas a la página de inicio de sesión, sin resultado. Lo más habitual es que el navegador no guarde la cookie de este sitio o que la página de inicio de sesión no haya transmitido la sesión.",
            next: "Permita las cookies de este sitio y vuelva a iniciar sesión. Si vuelve a ocurrir, contacte con el equipo de soporte e indique la referencia que aparece abajo.",
        },
        Reason::LoginRequired => Words {
            title: "Inicie sesión, por favor",
            detail: "Esta aplicación es privada y todavía no sabemos quién es usted.",
            next: "Inicie sesión y volverá a esta página.",
        },
        Reason::LogoutUnconfirmed => Words {
            title: "¿Quiere cerrar la sesión?",
            detail: "Su sesión se cerrará en este navegador y, por lo general, también en sus otros dispositivos.",
            next: "Pulse el botón para cerrar la sesión o vuelva a su aplicación.",
        },
        Reason::MethodNotAllowed => Words {
            title: "Esto no se puede hacer aquí",
            detail: "La dirección existe, pero no acepta este método.",
            next: "Use uno de los métodos que indica la cabecera Allow.",
        },
        Reason::Misconfigured => Words {
            title: "Este sitio no está bien configurado",
            detail: "Nadie puede entrar hasta que su operador lo corrija. Su cuenta está bien.",
            next: "Inténtelo de nuevo más tarde. Para operadores: /.usher/ready muestra todos los errores.",
        },
        Reason::NoInstance => Words {
            title: "Aquí no hay ninguna aplicación para usted",
            detail: "Ha iniciado sesión, pero esta cuenta no tiene ninguna aplicación en esta dirección.",
            next: "Si acaba de registrarse, espere un minuto e inténtelo de nuevo. Si no, use otra cuenta o contacte con el equipo de soporte.",
        },
        Reason::NotFound => Words {
            title: "Aquí no hay nada",
            detail: "Esta dirección o este registro no existe.",
            next: "Compruebe la dirección.",
        },
        Reason::OperatorRequired => Words {
            title: "Solo para operadores",
            detail: "La API de administración necesita el secreto del operador.",
            next: "Envíelo como `Authorization: Bearer`; es el secreto USHER_ADMIN_SECRET.",
        },
        Reason::PathAmbiguous => Words {
            title: "La dirección puede leerse de dos maneras",
            detail: "Sube con `..` o contiene una barra invertida, así que podría significar para la aplicación un lugar distinto que para nosotros. No se ha transmitido.",
            next: "Use la dirección deseada, sin segmentos `.` ni `..`.",
        },
        Reason::SessionEnded => Words {
            title: "Se ha cerrado su sesión",
            detail: "La ha cerrado usted o un administrador.",
            next: "Vuelva a iniciar sesión y regresará a esta página.",
        },
        Reason::SessionsNotEnded => Words {
            title: "Ha cerrado la sesión aquí, pero quizá no en otros sitios",
            detail: "Este navegador ha olvidado su inicio de sesión. El servicio que cierra sus otras sesiones no responde, así que pueden seguir abiertas.",
            next: "Inicie sesión y ciérrela una vez más. Si el problema continúa, contacte con el equipo de soporte e indique la referencia que aparece abajo.",
        },
        Reason::StandingUnreadable => Words {
            title: "No se pueden leer los datos de su cuenta",
            detail: "Lo que consta sobre su cuenta no tiene sentido para nosotros, así que no dejamos entrar a nadie con ella. Se ha avisado al operador.",
            next: "Contacte con el equipo de soporte e indique la referencia que aparece abajo.",
        },
        Reason::TokenExpired => Words {
            title: "Su sesión ha caducado",
            detail: "Las sesiones tienen una duración limitada, y la suya ha terminado.",
            next: "Vuelva a iniciar sesión y regresará a esta página.",
        },
        Reason::TokenInvalid => Words {
            title: "No se ha aceptado su inicio de sesión",
            detail: "Lo que ha enviado su navegador o programa no es un inicio de sesión válido para este sitio.",
            next: "Vuelva a iniciar sesión. Para programas: obtenga un token nuevo del emisor en el que confía este sitio.",
        },
    }
}

pub(super) const ADMITTED: Words = Words {
    title: "Su aplicación está lista",
    detail: "Ha iniciado sesión y las solicitudes se transmiten a su aplicación.",
    next: "Abra su aplicación.",
};

pub(super) const LABELS: Labels = Labels {
    another_account: "Usar otra cuenta",
    check_now: "Comprobar ahora",
    contact_support: "Contactar con soporte",
    log_in: "Iniciar sesión",
    log_out: "Cerrar sesión",
    open_app: "Ir a su aplicación",
    try_again: "Intentar de nuevo",
    logged_in_as: "Sesión iniciada como",
    reference: "Referencia",
    progress: "Progreso",
    steps: ["Creación", "Configuración", "Lista"],
    done: "Hecho:",
    elapsed: Elapsed {
        before: "Lleva así ",
        after: ".",
        moment: "menos de un minuto",
        minute: Unit {
            one: " minuto",
            many: " minutos",
        },
        hour: Unit {
            one: " hora",
            many: " horas",
        },
        day: Unit {
            one: " día",
            many: " días",
        },
    },
};
