import pytest

from aiwatch.fetch.words import challenge_words, status_words


@pytest.mark.parametrize(
    ("status", "start", "part"),
    [
        (200, "200 OK: h.example:", "empty"),
        (204, "204 No Content: h.example:", "empty"),
        (205, "205 Reset Content: h.example:", "empty"),
        (206, "206 Partial Content: h.example:", "only a part"),
        (226, "226 IM Used: h.example:", "only what is new"),
        (401, "401 Unauthorized: h.example:", "sign-in"),
        (404, "404 Not Found: h.example:", "new one"),
        (410, "410 Gone: h.example:", "remove it"),
        (418, "418 I'm a Teapot: h.example:", "check the address"),
        (429, "429 Too Many Requests: h.example:", "later"),
        (503, "503 Service Unavailable: h.example:", "in trouble"),
        (599, "599: h.example:", "in trouble"),
    ],
)
def test_a_status_is_told_with_what_to_do(status: int, start: str, part: str) -> None:
    words = status_words("h.example", status)
    assert words.startswith(start)
    assert part in words


def test_a_challenge_for_browsers_is_named_as_one() -> None:
    words = challenge_words("h.example", 403, "Cloudflare")
    assert words.startswith("403 Forbidden: h.example: it answers programs with a challenge")
    assert "(Cloudflare)" in words
