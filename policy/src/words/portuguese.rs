//! Portuguese, as in Brazil.

use super::{Elapsed, Labels, Unit, Words};
use crate::reason::Reason;

#[expect(
    clippy::too_many_lines,
    reason = "one exhaustive map is the point: every reason and its words in one place"
)]
pub(super) const fn words(reason: Reason) -> Words {
    match reason {
        Reason::AuthorityUnavailable => Words {
            title: "Não conseguimos consultar sua conta no momento",
            detail: "O serviço que conhece sua conta não responde. Não há nada de errado com sua conta, e nada foi perdido.",
            next: "Tente novamente em instantes. Se o problema continuar, fale com o suporte e informe a referência abaixo.",
        },
        Reason::BadRequest => Words {
            title: "Não foi possível entender a solicitação",
            detail: "O corpo ou o endereço desta chamada não é o que este endpoint aceita.",
            next: "Corrija o que está indicado e envie novamente.",
        },
        Reason::Conflict => Words {
            title: "O registro já existe",
            detail: "A alteração entra em conflito com o que já está registrado; por isso, nada foi alterado.",
            next: "Leia primeiro o registro e depois envie uma alteração compatível com ele.",
        },
        Reason::CookieNotKept => Words {
            title: "Seu navegador não guardou seu login",
            detail: "O login deu certo, mas seu navegador não devolveu o cookie deste site, e por isso não podemos reconhecer você.",
            next: "Permita os cookies deste site e faça login novamente. Uma janela anônima ou uma extensão que bloqueia cookies também pode ser a causa.",
        },
        Reason::CredentialAmbiguous => Words {
            title: "A solicitação identifica você de duas formas",
            detail: "Ela traz mais de um login; não sabemos qual deles vale e não tentamos adivinhar.",
            next: "Apague os cookies deste site e faça login novamente. Para programas: envie um único cabeçalho Authorization ou um único cookie.",
        },
        Reason::CrossSiteRequest => Words {
            title: "Esta solicitação veio de outro site",
            detail: "Outro site pediu ao seu navegador que alterasse algo aqui. Para proteger você, ela não foi repassada.",
            next: "Se era isso que você queria, faça isso no próprio aplicativo.",
        },
        Reason::IllegalTransition => Words {
            title: "Esta mudança de status não é permitida",
            detail: "Uma instância passa por provisioning, active e ready, um passo de cada vez; ela pode ser suspensa e depois volta para onde estava.",
            next: "Envie um dos próximos status permitidos.",
        },
        Reason::InstanceActive => Words {
            title: "Seu aplicativo está sendo configurado",
            detail: "Ele já está instalado e a configuração está sendo concluída. Você não precisa fazer nada.",
            next: "Aguarde um momento: seu aplicativo abrirá aqui automaticamente assim que estiver pronto.",
        },
        Reason::InstanceOverdue => Words {
            title: "A preparação do seu aplicativo está demorando demais",
            detail: "Algo deu errado do nosso lado. A culpa não é sua, e nada do que você informou foi perdido.",
            next: "Fale com o suporte e informe a referência abaixo. Você também pode voltar mais tarde: seu aplicativo abrirá aqui quando estiver pronto.",
        },
        Reason::InstanceProvisioning => Words {
            title: "Seu aplicativo está sendo criado",
            detail: "Seu cadastro foi concluído e seu próprio aplicativo está sendo instalado. Você não precisa fazer nada.",
            next: "Aguarde um momento: seu aplicativo abrirá aqui automaticamente assim que estiver pronto.",
        },
        Reason::InstanceSuspended => Words {
            title: "Seu aplicativo está suspenso",
            detail: "O operador deste site o desativou por enquanto. Seus dados foram mantidos.",
            next: "Fale com o suporte para saber o motivo e como reativá-lo.",
        },
        Reason::InstanceTimedOut => Words {
            title: "Seu aplicativo está demorando demais para responder",
            detail: "Seu login foi aceito e você tem acesso, mas seu aplicativo não respondeu a tempo. Se você enviou algo, pode ter chegado mesmo assim.",
            next: "Tente novamente em instantes, mas verifique se já chegou antes de enviar algo outra vez. Se o problema continuar, fale com o suporte e informe a referência abaixo.",
        },
        Reason::InstanceUnreachable => Words {
            title: "Seu aplicativo não responde",
            detail: "Seu login foi aceito e você tem acesso, mas não foi possível acessar seu aplicativo. Se você enviou algo, pode não ter chegado.",
            next: "Tente novamente em instantes. Se o problema continuar, fale com o suporte e informe a referência abaixo.",
        },
        Reason::InstanceWaking => Words {
            title: "Seu aplicativo está acordando",
            detail: "Ele estava em repouso ou acabou de ser atualizado e está iniciando. Você não precisa fazer nada.",
            next: "Aguarde um momento: seu aplicativo abrirá aqui automaticamente assim que responder.",
        },
        Reason::InternalError => Words {
            title: "Algo deu errado do nosso lado",
            detail: "Não foi possível atender à solicitação. Se você enviou algo, pode não ter chegado.",
            next: "Tente novamente. Se acontecer outra vez, fale com o suporte e informe a referência abaixo.",
        },
        Reason::InvitationRequired => Words {
            title: "Solicitação de acesso pendente",
            detail: "Você fez login, mas ninguém convidou esta conta ainda.",
            next: "Peça um convite ao seu administrador ou use outra conta.",
        },
        Reason::IssuerUnavailable => Words {
            title: "Não conseguimos verificar seu login no momento",
            detail: "O serviço que confirma seu login não responde. Sua sessão continua aberta.",
            next: "Tente novamente em instantes. Se o problema continuar, fale com o suporte e informe a referência abaixo.",
        },
        Reason::LoggedOut => Words {
            title: "Você saiu da sua conta",
            detail: "Deste navegador, ninguém entra no seu aplicativo sem fazer login novamente.",
            next: "Você pode fechar esta página ou fazer login novamente.",
        },
        Reason::LoginLoop => Words {
            title: "O login não está sendo concluído",
            detail: "A página de login foi aberta várias vezes seguidas, sem resultado. Na maioria dos casos, o navegador não guarda o cookie deste site ou a página de login não transmitiu o login.",
            next: "Permita os cookies deste site e faça login novamente. Se acontecer outra vez, fale com o suporte e informe a referência abaixo.",
        },
        Reason::LoginRequired => Words {
            title: "Faça login, por favor",
            detail: "Este aplicativo é privado, e ainda não sabemos quem é você.",
            next: "Faça login e você voltará a esta página.",
        },
        Reason::LogoutUnconfirmed => Words {
            title: "Deseja sair?",
            detail: "Sua sessão será encerrada neste navegador e, em geral, também nos seus outros dispositivos.",
            next: "Pressione o botão para sair ou volte ao seu aplicativo.",
        },
        Reason::MethodNotAllowed => Words {
            title: "Isso não pode ser feito aqui",
            detail: "O endereço existe, mas não aceita este método.",
            next: "Use um método indicado no cabeçalho Allow.",
        },
        Reason::Misconfigured => Words {
            title: "Este site não está configurado corretamente",
            detail: "Ninguém pode entrar até que o operador corrija isso. Não há nada de errado com sua conta.",
            next: "Tente novamente mais tarde. Para operadores: /.usher/ready lista todos os erros.",
        },
        Reason::NoInstance => Words {
            title: "Não há aplicativo para você aqui",
            detail: "Você fez login, mas esta conta não tem aplicativo neste endereço.",
            next: "Se você acabou de se cadastrar, espere um minuto e tente novamente. Caso contrário, use outra conta ou fale com o suporte.",
        },
        Reason::NotFound => Words {
            title: "Não há nada aqui",
            detail: "Este endereço ou registro não existe.",
            next: "Verifique o endereço.",
        },
        Reason::OperatorRequired => Words {
            title: "Somente para operadores",
            detail: "A API de administração exige o segredo do operador.",
            next: "Envie-o como `Authorization: Bearer`; é o segredo USHER_ADMIN_SECRET.",
        },
        Reason::PathAmbiguous => Words {
            title: "O endereço pode ser lido de duas formas",
            detail: "Ele sobe de nível com `..` ou contém uma barra invertida e poderia indicar ao aplicativo um lugar diferente do que indica a nós. Ele não foi repassado.",
            next: "Use o endereço desejado, sem os segmentos `.` e `..`.",
        },
        Reason::SessionEnded => Words {
            title: "Sua sessão foi encerrada",
            detail: "Ela foi encerrada por você ou por um administrador.",
            next: "Faça login novamente e você voltará a esta página.",
        },
        Reason::SessionsNotEnded => Words {
            title: "Você saiu aqui, mas talvez não em outros lugares",
            detail: "Este navegador esqueceu seu login. O serviço que encerra suas outras sessões não responde, então elas ainda podem estar abertas.",
            next: "Entre e saia mais uma vez. Se o problema continuar, fale com o suporte e informe a referência abaixo.",
        },
        Reason::StandingUnreadable => Words {
            title: "Não é possível ler o registro da sua conta",
            detail: "O que consta sobre sua conta não faz sentido para nós; por isso, não deixamos ninguém entrar com ela. O operador foi avisado.",
            next: "Fale com o suporte e informe a referência abaixo.",
        },
        Reason::TokenExpired => Words {
            title: "Seu login expirou",
            detail: "Um login vale por tempo limitado, e o prazo do seu terminou.",
            next: "Faça login novamente e você voltará a esta página.",
        },
        Reason::TokenInvalid => Words {
            title: "Seu login não foi aceito",
            detail: "O que seu navegador ou programa enviou não é um login válido para este site.",
            next: "Faça login novamente. Para programas: obtenha um novo token do emissor em que este site confia.",
        },
    }
}

pub(super) const ADMITTED: Words = Words {
    title: "Seu aplicativo está pronto",
    detail: "Você fez login, e as solicitações são repassadas ao seu aplicativo.",
    next: "Abra seu aplicativo.",
};

pub(super) const LABELS: Labels = Labels {
    another_account: "Usar outra conta",
    check_now: "Verificar agora",
    contact_support: "Falar com o suporte",
    log_in: "Fazer login",
    log_out: "Sair",
    open_app: "Ir para o aplicativo",
    try_again: "Tentar novamente",
    logged_in_as: "Conta em uso:",
    reference: "Referência",
    progress: "Andamento",
    steps: ["Criação", "Configuração", "Pronto"],
    done: "Concluído:",
    elapsed: Elapsed {
        before: "Está assim há ",
        after: ".",
        moment: "menos de um minuto",
        minute: Unit {
            one: " minuto",
            many: " minutos",
        },
        hour: Unit {
            one: " hora",
            many: " horas",
        },
        day: Unit {
            one: " dia",
            many: " dias",
        },
    },
};
