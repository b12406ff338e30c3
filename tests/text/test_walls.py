"""What stands before an article, and articles that only speak of such things."""

import pytest

from aiwatch.text.article import extract

ARTICLE = (
    "<p>"
    + "The council talked about it for an hour, and then about the weather for two. " * 30
    + "</p>"
)


@pytest.mark.parametrize(
    ("page", "word"),
    [
        ("<title>Access denied</title><p>You do not have permission to see this.</p>", "challenge"),
        (
            "<title>ledger.example</title><p>Please enable JS and disable any ad blocker</p><script src='https://ct.captcha-delivery.com/c.js'></script>",
            "DataDome",
        ),
        ("<title>ledger.example</title><script src='/_Incapsula_Resource?x'></script>", "Imperva"),
        ("<title>Log in</title><form><input type=password></form>", "login page"),
        ("<title>404 - Page not found</title><p>Sorry, we could not find it.</p>", "error page"),
        (
            "<title>Le Phare</title><p>Nous utilisons des cookies et d'autres traceurs, avec votre consentement, pour mesurer l'audience.</p>",
            "consent wall",
        ),
    ],
)
def test_a_wall_gives_no_text_and_says_what_it_is(page: str, word: str) -> None:
    got = extract(page)
    assert got.text == ""
    assert word in got.how["text"]


@pytest.mark.parametrize(
    "title",
    [
        "Are you a robot? A play about it opens on Friday",
        "Before you continue: a novel",
        "Sign in for the choir",
        "404 years of the lighthouse",
    ],
)
def test_an_article_about_walls_is_an_article(title: str) -> None:
    got = extract(
        f"<title>{title}</title><h1>{title}</h1>{ARTICLE}<script src='/cdn-cgi/challenge-platform/x'></script>"
    )
    assert got.text.startswith("The council talked")
