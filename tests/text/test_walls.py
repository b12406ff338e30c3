"""What stands before an article, and articles that only speak of such things."""

import pytest

from aiwatch.text.article import extract

ARTICLE = (
    "<p>"
    + "The council talked about it for an hour, and then about the weather for two. " * 30
    + "</p>"
)
PASSWORD = "<form><input name=mail><input type=password><button>OK</button></form>"

CONSENT = [
    "We value your privacy. We and our 94 partners store cookies and read information on your device, with your consent.",
    "Before you continue: we use cookies to measure our audience. Accept all or manage options in the privacy centre.",
    "Wir und unsere Partner verwenden Cookies. Mit Ihrer Einwilligung messen wir, wer liest. Alle akzeptieren.",
    "Lesen Sie den Boten mit Werbung und Tracking, oder ohne im Pur-Abo. Alle akzeptieren. Zum Datenschutz.",
    "Nous et nos 71 partenaires déposons des cookies, avec votre consentement. Tout accepter ou continuer sans accepter.",
    "Utilizamos cookies propias y de nuestros socios para medir la audiencia. Aceptar todo o gestionar el consentimiento.",
    "Utilizziamo i cookie e altri strumenti di tracking, nostri e dei partner, con il tuo consenso. Accetta tutto.",
    "Wij gebruiken cookies, en onze partners ook, met uw toestemming. Alles accepteren. Lees ons privacybeleid.",
    "Używamy plików cookies, my i nasi partnerzy, za Państwa zgodą. Zaakceptuj wszystkie. Polityka prywatności.",
    "Nós e nossos parceiros usamos cookies, com o seu consentimento. Aceitar todos. Política de privacidade.",
    "Deneyiminiz için çerezleri kullanıyoruz. Tümünü kabul et. Çerez politikası, kişisel verilerin korunması ve gizlilik.",
    "Мы используем файлы cookie, с вашего согласия. Принять все. Политика конфиденциальности и персональные данные.",
    "当サイトでは、お客様の同意のもとでクッキーを使用しています。すべて同意する。プライバシーの設定。",
    "저희는 이용자의 동의를 받아 쿠키를 사용합니다. 모두 동의. 개인정보 처리방침을 확인하십시오.",
    "我们使用Cookie来改善您的体验。接受所有Cookie。请阅读我们的隐私政策,了解个人信息如何处理。",
    "Vi använder kakor, med ditt samtycke. Acceptera alla. Läs om integritet och cookies.",
    "Käytämme evästeitä suostumuksellasi. Hyväksy kaikki. Cookie-asetukset.",
]
SIGN_IN = [
    *("Log in", "Sign in to your account", "Log in or register", "Subscribe to continue reading"),
    *("Members' login | The Ledger", "Welcome back", "Anmelden", "Einloggen | Der Bote"),
    *("Bitte anmelden", "Se connecter - Le Phare", "Identifiez-vous", "Iniciar sesión"),
    *("Inicia sesión | El Faro", "Accedi", "Area riservata", "Inloggen", "Zaloguj się"),
    *("Entrar", "Fazer login | O Farol", "Giriş yap", "Üye girişi", "Вход на сайт", "Авторизация"),
    *(
        "ログイン | 灯台新聞",
        "로그인",
        "用户登录",
        "登入",
        "Logga in",
        "Přihlášení",
        "تسجيل الدخول",
    ),
    *("Đăng nhập", "Masuk", "เข้าสู่ระบบ"),
]
ERRORS = [
    *("404", "404 Not Found", "Error 503", "404 - Page not found", "Page not found | The Ledger"),
    *("Sorry, the page you were looking for could not be found", "502 Bad Gateway"),
    *("Seite nicht gefunden", "404: Die Seite wurde nicht gefunden", "Page introuvable - Le Phare"),
    *("Página no encontrada", "Página não encontrada | O Farol", "Pagina non trovata"),
    *("Pagina niet gevonden", "Strona nie została znaleziona", "Nie znaleziono strony"),
    *(
        "Sayfa bulunamadı",
        "Страница не найдена",
        "ページが見つかりません",
        "페이지를 찾을 수 없습니다",
    ),
    *(
        "页面不存在",
        "找不到該頁面",
        "找不到网页",
        "Sidan kunde inte hittas",
        "Siden ble ikke funnet",
    ),
    *("Stránka nebyla nalezena", "Under maintenance", "Wartungsarbeiten", "メンテナンス中です"),
]
CHALLENGES = [
    ("Just a moment...", "ledger.example needs to review the security of your connection first."),
    ("Access denied", "You do not have permission to see this."),
    ("ledger.example", "Verifying you are human. This may take a few seconds."),
    ("Einen Moment bitte", "Wir überprüfen Ihren Browser, bevor es weitergeht."),
    ("Un instant", "Vérifiez que vous êtes humain pour continuer."),
    ("Un momento", "Verifica que eres humano. Solo tarda unos segundos."),
    ("Accesso negato", "Verifica che sei umano per leggere la pagina."),
    ("Een ogenblik geduld", "Wij controleren of u een mens bent."),
    ("Chwileczkę", "Sprawdzamy, czy jesteś człowiekiem."),
    ("Um momento", "Não sou um robô"),
    ("Bir dakika lütfen", "İnsan olduğunuzu doğrulayın."),
    ("Один момент", "Проверка браузера займёт несколько секунд."),
    ("しばらくお待ちください", "人間であることを確認します。"),
    ("잠시만 기다려 주세요", "사람인지 확인하고 있습니다."),
    ("请稍候", "请完成安全验证后继续访问。"),
]
STUBS = [
    ("You need to enable JavaScript to run this app.", "scripts"),
    ("Bitte aktivieren Sie JavaScript, um diese Seite zu sehen.", "scripts"),
    ("Veuillez activer JavaScript pour lire cette page.", "scripts"),
    ("Для чтения включите, пожалуйста, JavaScript в настройках.", "scripts"),
    ("このページを表示するには、JavaScriptを有効にしてください。", "scripts"),
    ("请启用JavaScript以继续浏览。", "scripts"),
    ("This story is not available in your region.", "another region"),
    ("Dieses Video ist in Ihrem Land nicht verfügbar.", "another region"),
    ("Ce contenu n'est pas disponible dans votre pays.", "another region"),
    ("We see that you come from a country belonging to the European Economic Area.", "region"),
    ("お住まいの地域ではこの記事をご覧になれません。", "another region"),
    ("This article is only for subscribers. Cancel anytime.", "subscribers only"),
    ("Dieser Artikel ist nur für Abonnenten.", "subscribers only"),
    ("Cet article est réservé aux abonnés. Déjà abonné ?", "subscribers only"),
    ("Contenido exclusivo para suscriptores.", "subscribers only"),
    ("Contenuto riservato agli abbonati.", "subscribers only"),
    ("Artykuł tylko dla prenumeratorów.", "subscribers only"),
    ("Материал доступен только по подписке.", "subscribers only"),
    ("この記事は会員限定です。", "subscribers only"),
    ("유료 회원 전용 기사입니다.", "subscribers only"),
    ("You are being redirected to the new address of this page.", "on its way elsewhere"),
    ("Sie werden weitergeleitet.", "on its way elsewhere"),
    ("正在跳转,请稍候。", "on its way elsewhere"),
]


def page(title: str, text: str, more: str = "") -> str:
    return f"<title>{title}</title><body><div><p>{text}</p></div>{more}</body>"


@pytest.mark.parametrize("text", CONSENT)
def test_a_page_that_only_asks_about_cookies_is_no_article(text: str) -> None:
    got = extract(page("The Ledger", text))
    assert got.text == ""
    assert got.how["text"].startswith("consent wall: ")


@pytest.mark.parametrize("title", SIGN_IN)
def test_a_page_to_sign_in_is_no_article(title: str) -> None:
    got = extract(page(title, "Forgot it? We send you a new one by mail.", PASSWORD))
    assert got.text == ""
    assert got.how["text"].startswith("login page: ")


@pytest.mark.parametrize("title", ERRORS)
def test_an_error_page_is_no_article(title: str) -> None:
    got = extract(page(title, "Perhaps the search helps, or the way back to the first page."))
    assert got.text == ""
    assert got.how["text"].startswith("error page: ")


@pytest.mark.parametrize(("title", "text"), CHALLENGES)
def test_a_check_for_robots_is_no_article(title: str, text: str) -> None:
    got = extract(page(title, text))
    assert got.text == ""
    assert got.how["text"].startswith("challenge: ")


@pytest.mark.parametrize(("text", "kind"), STUBS)
def test_a_page_of_nothing_but_a_notice_is_a_stub(text: str, kind: str) -> None:
    got = extract(page("Nine owls counted", text))
    assert got.text == ""
    assert got.how["text"].startswith("stub: ")
    assert kind in got.how["text"]


@pytest.mark.parametrize(
    ("page", "word"),
    [
        (
            "<title>ledger.example</title><p>Please enable JS and disable any ad blocker</p><script src='https://ct.captcha-delivery.com/c.js'></script>",
            "DataDome",
        ),
        ("<title>ledger.example</title><script src='/_Incapsula_Resource?x'></script>", "Imperva"),
        ("<title>The Ledger</title><p>Log in to continue reading</p>", "login page: it says"),
        ("<title>The Ledger</title><p>404 Not Found</p>", "error page: it says"),
    ],
)
def test_a_wall_is_known_by_its_machinery_or_its_first_words(page: str, word: str) -> None:
    got = extract(page)
    assert got.text == ""
    assert word in got.how["text"]


# ---------------------------------------------------------------- and what is none


@pytest.mark.parametrize(
    "title",
    [
        "Are you a robot? A play about it opens on Friday",
        "Before you continue: a novel",
        "Sign in for the choir",
        "404 years of the lighthouse",
        "Just a moment",
    ],
)
def test_an_article_about_walls_is_an_article(title: str) -> None:
    got = extract(
        f"<title>{title}</title><h1>{title}</h1>{ARTICLE}<script src='/cdn-cgi/challenge-platform/x'></script>"
    )
    assert got.text.startswith("The council talked")


NEWS = [
    (
        "Cookie banners must be as easy to refuse as to accept",
        "The data office of the islands has fined nine shops because their cookie banners hid the second button. Whoever"
        " writes “Accept all” in green must write “Reject all” in green, too, it said on Friday. The shops say that"
        " they will change their banners, and that nobody had ever asked for the second button in the shop itself.",
    ),
    (
        "Bäcker nimmt Cookies vom Blech",
        "Der Bäcker am Hafen hat seine Cookies vom Blech genommen, weil die Gäste lieber Zimtschnecken essen. Auf dem"
        " Schild im Fenster steht jetzt „Alle akzeptieren“, was als Scherz gemeint war, wie er am Freitag sagte.",
    ),
    (
        "Les traceurs sous surveillance",
        "L'autorité a publié vendredi son rapport sur les cookies et les traceurs. Elle y compte neuf sites dont le bouton"
        " « Tout accepter » était plus grand que l'autre. Les éditeurs ont trois mois pour répondre, écrit-elle.",
    ),
    (
        "Access denied to the beach, walkers say",
        "Walkers were denied access to the north beach on Friday, when a fence went up overnight. The owner speaks of a"
        " security check after unusual activity among the seals; the walkers speak of a fence.",
    ),
    (
        "500 people marched through the old town",
        "Some 500 people marched through the old town on Friday, for the bakery and against the new road. There were"
        " drums, two dogs and a brass band from the next valley, which had come by mistake and stayed.",
    ),
    (
        "Anmeldung zum Stadtlauf beginnt am Montag",
        "Vom Montag an kann man sich zum Stadtlauf anmelden, der im Mai zum neunten Mal um den Hafen führt. Es gibt"
        " achthundert Plätze, im letzten Jahr waren sie nach einer Stunde vergeben, teilte der Verein mit.",
    ),
    (
        "Accesso ai farmaci, la valle protesta",
        "La valle protesta perché la farmacia apre solo il venerdì. Il sindaco ha promesso un autobus, la farmacista"
        " una seconda chiave, e la lista d'attesa intanto è arrivata a novanta nomi, secondo il comitato.",
    ),
    (
        "Page not found: the library looks for a lost leaf",
        "A leaf of the oldest book in the library has been missing since Tuesday. It shows a whale, in blue, and was last"
        " seen by a school class. The librarian asks whoever has found it to bring it back, no questions asked.",
    ),
    (
        "Why the town hall does without JavaScript",
        "The town hall has taken the scripts off its pages, so that nobody need enable JavaScript to see when the dump is"
        " open. The pages are read twice as often now, said the clerk, who had written the old ones herself in a winter.",
    ),
    (
        "The paper opens its archive",
        "The paper's archive back to 1890 will be free from Friday; so far, it was for subscribers only. Nine people have"
        " read through it once already, the editor said, and found two hundred misprints and a lost cousin.",
    ),
    (
        "ログイン画面を描いた画家の展覧会",
        "ログイン画面ばかりを描いてきた画家の展覧会が、金曜日から港の美術館で始まる。九枚の絵は、どれも三年かけて描かれたものだという。",
    ),
    (
        "Вход в парк снова открыт",
        "Северный вход в парк снова открыт после зимы. Калитку починили три пенсионера, сообщила в пятницу администрация,"
        " и теперь до пруда можно дойти за девять минут, если не останавливаться у сов.",
    ),
]


@pytest.mark.parametrize(("title", "text"), NEWS, ids=[title for title, _ in NEWS])
def test_short_news_that_only_speaks_of_walls_is_read(title: str, text: str) -> None:
    got = extract(
        f"<title>{title} | The Ledger</title><header>{PASSWORD}</header><article><h1>{title}</h1><p>{text}</p>"
        "</article><div class='g-recaptcha'></div>"
    )
    assert got.text == " ".join(text.split()), got.how["text"]


def test_a_teaser_before_the_notice_is_text() -> None:
    teaser = (
        "The ferry between the two islands sails again from Monday, the harbour office said, after a winter"
        " in the dock that cost more than the ferry did when it was new."
    )
    got = extract(page("The ferry", f"{teaser}</p><p>Subscribe to continue reading."))
    assert got.text.startswith(teaser)
