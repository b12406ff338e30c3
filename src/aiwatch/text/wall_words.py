"""The words of pages that stand before an article, in the languages of the web.

Each pattern is a form in which only the page itself speaks ("we and our partners use cookies"); the same words told of
somebody else are news.
"""

import re

from aiwatch.text.late import late


def _any(*patterns: str) -> re.Pattern[str]:
    return late("|".join(patterns), re.IGNORECASE)


def _whole(*patterns: str) -> re.Pattern[str]:
    """A line or title that says this and nothing else."""
    return late(rf"[\W_]*(?:{'|'.join(patterns)})[\W_]*\Z", re.IGNORECASE)


# Said by no one but a check for robots.
CHALLENGE = _any(
    r"just a moment\.{3}|just a moment…|checking (?:if the site connection|your browser)|verify(?:ing)? (?:that )?you are (?:a )?human",
    r"(?:confirm|prove|make sure) (?:that )?you(?:.re| are) (?:a )?(?:human|not a robot)|i.?m not a robot|pardon our interruption",
    r"please enable js\b|enable javascript and cookies|review the security of your connection|request unsuccessful\. incapsula",
    r"(?:unusual|suspicious) (?:traffic|activity) (?:from|on) your|your (?:request|access|ip(?: address)?) (?:has been|was|is) blocked",
    r"complete the (?:security check|captcha)|solve (?:the|this) captcha|completing the captcha",
    r"überprüf\w+ (?:ihre[nr]?|deine[nr]?) (?:browser|verbindung)|dass sie (?:ein mensch|kein roboter)",
    r"vérif\w+ (?:que )?vous êtes (?:un )?humain|vérification de votre navigateur|pas un robot",
    r"comprob\w+ (?:que )?(?:eres|es usted) (?:un )?humano|verifi\w+ (?:que )?(?:eres|es|você é) (?:un |um )?human|no soy un robot|não sou um robô",
    r"verifica\w* (?:che )?(?:sei|tu sia) (?:un )?(?:essere )?umano|non sono un robot",
    r"of u (?:een )?mens bent|geen robot bent|czy jesteś człowiekiem|nie jestem robotem",
    r"insan olduğunuzu|robot olmadığınızı|проверка (?:вашего )?браузера|(?:что )?вы (?:человек|не робот)\b|я не робот",
    r"人間であることを確認|ロボットではありません|사람인지 확인|로봇이 아닙니다|로봇이 아님|确认您是真人|您是否是真人|我不是机器人|進行人機驗證|人机验证|请完成安全验证",
)
# Nothing but this stands in such a page's title.
CHALLENGE_TITLE = _whole(
    r"just a moment|attention required|access(?: to this page)?(?: has been)? denied|are you (?:a )?(?:robot|human)|robot check",
    r"security (?:check|verification)|human verification|captcha|bot (?:detection|protection)|ddos[- ]guard|ddos protection.{0,30}",
    r"one moment(?: please)?|please wait|einen moment(?: bitte)?|nur einen moment|sicherheitsüberprüfung|zugriff verweigert|un instant|accès refusé",
    r"un momento|acceso denegado|verificación de seguridad|accesso negato|acesso negado|um momento|een ogenblik(?: geduld)?|toegang geweigerd",
    r"chwileczkę|odmowa dostępu|bir dakika(?: lütfen)?|erişim engellendi|один момент|доступ (?:запрещ[её]н|ограничен)|しばらくお待ちください",
    r"アクセスが拒否されました|잠시만 기다려 ?주세요|잠시만(?: 기다리십시오)?|접근이 거부되었습니다|请稍候|请稍等|安全验证|拒绝访问|請稍候|存取遭拒",
)
CONSENT = _any(
    r"before you continue|we (?:value|respect|care about) your privacy|your privacy (?:choices|matters|is important)",
    r"cookie (?:consent|settings|preferences)|manage (?:options|preferences|cookies|choices)|(?:we|our partners)\b[^.\n]{0,80}\b(?:cookies|tracking)",
    r"accept (?:all|cookies)|reject (?:all|cookies)|agree and continue",
    r"(?:wir|unsere? partner)\b[^.\n]{0,80}\bcookies|(?:alle|cookies) (?:akzeptieren|ablehnen)|mit werbung (?:weiterlesen|und tracking)|(?:ihre|deine) privatsphäre"
    r"|zustimmen und weiter|einwilligung verwalten",
    r"(?:nous|nos partenaires)\b[^.\n]{0,80}\b(?:cookies|traceurs)|tout (?:accepter|refuser)|(?:accepter|refuser|continuer sans) (?:et fermer|accepter|les cookies)"
    r"|(?:votre|au respect de la) vie privée",
    r"(?:utilizamos|usamos|nuestros socios)\b[^.\n]{0,80}\bcookies|(?:aceptar|rechazar) (?:todo|todas|cookies|y continuar)|(?:su|tu) privacidad",
    r"(?:utilizziamo|usiamo|nostri partner)\b[^.\n]{0,80}\bcookie|(?:accetta|rifiuta) (?:tutto|tutti|e continua)|(?:la tua|vostra) privacy",
    r"(?:wij|we|onze partners) (?:gebruiken|plaatsen)?[^.\n]{0,80}\bcookies|(?:alles|cookies) (?:accepteren|weigeren|toestaan)|(?:uw|je|jouw) privacy",
    r"(?:używamy|stosujemy|my i nasi partnerzy|nasi partnerzy)\b[^.\n]{0,80}\b(?:cookies?|ciasteczk)|(?:zaakceptuj|akceptuję|odrzuć) wszystk|(?:twoj[aąe]j?|państwa) prywatnoś",
    r"(?:nós|nossos parceiros)\b[^.\n]{0,80}\bcookies|(?:aceitar|rejeitar|recusar) (?:tudo|todos|cookies)|(?:sua|a tua) privacidade",
    r"çerez(?:ler)?(?:i|den)? kullan(?:ıyoruz|maktayız)|(?:tümünü|hepsini) (?:kabul et|reddet)|gizliliğiniz",
    r"мы (?:и наши партнёры |и наши партнеры )?используем[^.\n]{0,60}(?:cookie|куки)|принять вс[её]|отклонить вс[её]|вашу? конфиденциальност",
    r"ми використовуємо[^.\n]{0,60}(?:cookie|кукі)|прийняти всі",
    r"(?:cookie|クッキー)[^。\n]{0,30}(?:使用しています|使用します|利用しています)|すべて(?:同意|許可|拒否|受け入れ)|同意して(?:続け|進|閉)|プライバシーを尊重",
    r"쿠키[^.\n]{0,20}(?:사용합니다|사용하고 있습니다)|모두 (?:동의|수락|허용|거부)|개인정보를? (?:소중|보호|존중)",
    r"(?:我们|本网站|我們|本網站)[^。\n]{0,20}使用[^。\n]{0,12}cookie|(?:全部|所有)?(?:接受|同意)(?:全部|所有)(?:\s?cookie)?|接受所有|(?:您|你)的(?:隐私|隱私)",
    r"vi (?:använder|bruker|bruger)[^.\n]{0,40}(?:cookies|kakor|informasjonskapsler)|(?:acceptera|godkänn|godta|accepter) all[ae]|käytämme evästeitä|hyväksy kaikki"
    r"|používáme (?:soubory )?cookies|přijmout vš|sütiket használ|χρησιμοποιούμε cookies|folosim (?:module )?cookie|نستخدم ملفات تعريف الارتباط"
    r"|chúng tôi sử dụng cookie|kami menggunakan cookie|เราใช้คุกกี้",
)
ABOUT_COOKIES = _any(
    r"cookie|consent|privacy|einwilligung|datenschutz|privatsphäre|zustimm|tracking|trackers?\b|gdpr|partner|traceur|partenaire|vie privée|confidentialit",
    r"privacidad|consentim|socios|privacidade|parceiros|toestemming|zgod|prywatno|ciastecz|çerez|gizlilik|kişisel veri|rıza|куки|согласи|конфиденц|персональн",
    r"партн[её]р|クッキー|同意|プライバシー|個人情報|쿠키|동의|개인정보|隐私|隱私|个人信息|kakor|samtycke|samtykke|evästee|suostumu|souhlas|adatvéd|الارتباط|คุกกี้",
)
# May be followed by what one signs in to; a headline that only begins so is none of these.
SIGN_IN = _whole(
    r"(?:please |you (?:must|need to) )?(?:be )?(?:log(?:ged)?[ -]?in|sign(?:ed)?[ -]?in|log[ -]?on)(?: (?:or|and|/) (?:register|sign ?up|join|create an account))?"
    r"(?: to (?:your account|continue|continue reading|read|read more|view this (?:page|content)|[\w .]{1,24}))?",
    r"(?:subscribe|register|sign ?up) to (?:read|continue)(?: reading)?|members?['’]?s?[- ]login|user login|customer login|create (?:an|your) account|welcome back|account login",
    r"(?:jetzt |bitte )?(?:anmelden|einloggen|anmeldung|login|registrieren|melden sie sich an)(?: (?:oder|und) registrieren| bei [\w .]{1,24})?",
    r"connexion|se connecter|connectez[- ]vous|identifiez[- ]vous|s.identifier|identification|créer un compte",
    r"inici(?:ar|a|e) (?:de )?sesi[oó]n|inicio de sesi[oó]n|acceder|identif[ií]cate|crear (?:una )?cuenta",
    r"accedi|accesso|effettua (?:il login|l.accesso)|area riservata|(?:inloggen|aanmelden)(?: bij [\w .]{1,24})?|log in bij [\w .]{1,24}",
    r"zaloguj(?: się)?|logowanie|entrar|iniciar sess[aã]o|fa(?:ça|zer) (?:o )?login|giriş(?: yap)?|oturum aç|üye girişi",
    r"вход(?: на сайт| в личный кабинет)?|войти|войдите|авторизация|увійти|вхід|ログイン|サインイン|会員ログイン|로그인|登录|登入|登錄|用户登录|會員登入",
    r"logga in|logg inn|log ind|kirjaudu(?: sisään)?|přihlášení|přihlásit se|bejelentkezés|autentificare|conectare|σύνδεση|είσοδος",
    r"تسجيل الدخول|đăng nhập|masuk|เข้าสู่ระบบ|लॉग इन(?: करें)?|ورود|התחברות|כניסה",
)
ERROR = _whole(
    r"(?:http )?(?:error|fehler|erreur|errore?|erro|błąd|ошибка|hata|エラー)?[ :]*(?:40[0134]|410|429|451|50[0234])(?: (?:error|fehler))?",
    r"(?:(?:http )?(?:error )?(?:40[0134]|410|429|451|50[0234])[ :|–-]*)?(?:page )?(?:not found|gone|forbidden|bad request|internal server error|service (?:temporarily )?unavailable"
    r"|bad gateway|gateway time-?out|too many requests|unavailable for legal reasons|access forbidden)(?: (?:40[0134]|410|429|451|50[0234]))?",
    r"(?:404[ :|–-]*)?(?:oops|sorry)?\W*(?:(?:the|this|that) )?(?:page|article|story)(?: you.{0,30})? (?:(?:was|is|could|can)(?: ?not|n.t) (?:be )?(?:found|available|exist)|does(?: not|n.t) exist"
    r"|no longer exists|cannot be found|is missing|has been removed|not available)|something went wrong|an error (?:has )?occurred|we(?:.ll| will) be (?:right )?back(?: soon)?"
    r"|(?:site )?(?:is )?(?:under|down for) maintenance|temporarily unavailable",
    r"(?:404[ :|–-]*)?(?:die |diese )?seite (?:wurde |konnte )?nicht (?:gefunden|verfügbar)(?: werden)?|wartungsarbeiten|(?:die )?seite existiert nicht(?: mehr)?|zugriff verboten",
    r"(?:404[ :|–-]*)?(?:cette |la )?page (?:est )?(?:introuvable|non trouvée|inexistante)|(?:cette |la )?page (?:demandée )?n.existe (?:pas|plus)|(?:site )?en maintenance",
    r"(?:404[ :|–-]*)?(?:la |esta )?página (?:no (?:encontrada|existe|se ha encontrado|disponible)|não (?:encontrada|existe|foi encontrada))|sitio en mantenimiento|em manutenção",
    r"(?:404[ :|–-]*)?(?:la )?pagina (?:non (?:è stata )?trovata|non esiste|inesistente|niet gevonden|bestaat niet(?: meer)?|nu a fost găsită)|sito in manutenzione",
    r"(?:404[ :|–-]*)?(?:strona nie (?:istnieje|została znaleziona)|nie znaleziono(?: takiej)? strony|sayfa bulunamadı|aradığınız sayfa bulunamadı)|przerwa techniczna",
    r"(?:404[ :|–-]*)?(?:страница (?:не найдена|не существует|удалена)|сторінку не знайдено|технические работы|stránka (?:nebyla )?nenalezena|stránka nebyla nalezena)",
    r"(?:404[ :|–-]*)?(?:(?:お探しの|指定された)?ページ(?:は|が)(?:見つかりません(?:でした)?|存在しません)|(?:ただいま)?メンテナンス中(?:です)?)",
    r"(?:404[ :|–-]*)?(?:(?:요청하신 )?페이지를 찾을 수 없(?:습니다|음)|존재하지 않는 페이지(?:입니다)?|서비스 점검 중(?:입니다)?)",
    r"(?:404[ :|–-]*)?(?:(?:您访问的)?(?:页面|網頁|頁面|网页)(?:不存在|未找到|找不到了?|走丢了)|找不到(?:该|該|此|您要的)?(?:页面|網頁|頁面|网页)|系统维护中)",
    r"(?:404[ :|–-]*)?(?:sidan (?:hittades inte|kunde inte hittas|finns inte)|siden (?:ble ikke funnet|blev ikke fundet|finnes ikke|findes ikke)|side ikke fundet|sivua ei löy\w+)",
    r"(?:404[ :|–-]*)?(?:az oldal nem található|η σελίδα δεν βρέθηκε|الصفحة غير موجودة|không tìm thấy trang|halaman tidak ditemukan|ไม่พบหน้า\w*|पृष्ठ नहीं मिला)",
)
# Nothing but one of these is what some pages show to whom they do not want to show more.
STUBS = (
    (
        "scripts",
        _any(
            r"(?:enable|turn on|requires?|needs?|activate)[^.]{0,40}javascript|javascript (?:is|must be|has to be|to be) (?:required|disabled|enabled|turned off|not enabled|off)",
            r"aktivieren sie[^.]{0,30}javascript|javascript (?:ist )?(?:deaktiviert|aktivieren)|activ(?:ez|er)[^.]{0,20}javascript|(?:habilit|activ|attiv|abilit|ativ)[ae]\w*[^.]{0,20}javascript",
            r"javascript[^.]{0,20}(?:ingeschakeld|inschakelen|uitgeschakeld)|schakel javascript|włącz[^.]{0,20}javascript|javascript.{0,3}[iı] etkinleştir|включите[^.]{0,20}javascript"
            r"|javascript ?を有効|(?:javascript|자바스크립트)[를을]? ?(?:활성화|사용)|(?:启用|啟用|开启|開啟) ?javascript|zapněte javascript|aktivera javascript",
        ),
    ),
    (
        "another region",
        _any(
            r"(?:not|n.t|un)[ -]?(?:currently )?available in your (?:country|region|location|area)|(?:country|countries) belonging to the european economic area",
            r"in (?:ihrem|deinem) land (?:derzeit )?nicht verfügbar|pas disponible dans votre (?:pays|région)|no está disponible en (?:su|tu) (?:país|región)",
            r"non (?:è )?disponibile nel (?:tuo|suo) paese|não está disponível (?:no seu país|na sua região)|niet beschikbaar in (?:uw|jouw|je) (?:land|regio)|niedostępn\w+ w (?:twoim|państwa) (?:kraju|regionie)",
            r"(?:ülkenizde|bölgenizde)[^.]{0,30}(?:kullanılamıyor|mevcut değil)|недоступ\w+ в ваш(?:ем регионе|ей стране)|お(?:住まい|使い)の(?:地域|国)では",
            r"(?:해당|귀하의) (?:지역|국가)에서는?|您所在的(?:地区|国家|地區|國家)",
        ),
    ),
    (
        "subscribers only",
        _any(
            r"(?:this|the) (?:article|story|content|page) is (?:only |exclusively |reserved |available |only available )*(?:for|to) (?:paying |registered )?(?:subscribers|members|registered users)",
            r"subscrib\w* to (?:continue|keep|read|unlock)|to (?:continue|keep) reading|already (?:a )?(?:subscriber|member|subscribed)|subscriber[- ]only|subscribers? only",
            r"(?:dieser|diese|dieses) (?:artikel|inhalt|beitrag) ist (?:nur |exklusiv )?für (?:abonnent|mitglieder|registrierte)|weiterlesen mit|jetzt (?:abo|abonnieren|weiterlesen)|bereits abonnent",
            r"réservée?s? (?:à nos|aux) abonn|déjà abonné|pour lire la suite|(?:exclusiv[oa]|solo|reservad[oa]) para (?:suscriptores|socios|assinantes)|ya eres suscriptor|para seguir leyendo|já é assinante",
            r"riservato agli abbonati|sei già abbonato|per continuare a leggere|alleen voor abonnees|al abonnee|om verder te lezen|tylko dla (?:subskrybentów|prenumeratorów)|aby czytać dalej",
            r"(?:sadece )?aboneler(?:e|imize) özel|только (?:для|по) подписч|доступ\w+ (?:только )?по подписке|会員限定|続きを読むには|有料記事|구독자 전용|유료 회원|회원 전용|仅限(?:订阅|会员)|订阅后(?:阅读|继续)|訂閱後|會員專屬"
            r"|endast för prenumeranter|kun for abonnenter|vain tilaajille|jen pro předplatitele",
        ),
    ),
    (
        "on its way elsewhere",
        _any(
            r"(?:you are being|you will be|are now being) redirected|redirecting(?: you|\.{2,}|…)|sie werden weitergeleitet|vous allez être redirigé|redirection en cours|redirigiendo|stai per essere reindirizzato",
            r"redirecionando|je wordt doorgestuurd|u wordt doorgestuurd|trwa przekierow|yönlendiriliyor|вы будете перенаправлены|リダイレクト(?:し|され)|자동으로 이동|正在跳转|即将跳转",
        ),
    ),
)
