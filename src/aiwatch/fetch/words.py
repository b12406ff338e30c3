"""What an HTTP status means for the person who watches a source: one sentence with what to do. Pure."""

from http import HTTPStatus

_EMPTY = "an empty answer where a document was expected; asked again later"
_MEANING = {
    200: _EMPTY,
    202: "it has no document yet; asked again later",
    203: _EMPTY,
    204: "an empty answer where a document was expected; check that the address is the document itself",
    205: "an empty answer where a document was expected; check that the address is the document itself",
    206: "only a part was sent, unasked; nothing of it was used",
    226: "only what is new was sent, unasked; nothing of it was used",
    304: "`not modified`, though nothing was there to compare with; asked again later without conditions",
    400: "it could not make sense of the request; check the address",
    401: "it wants a sign-in; give user:password@ in the address, or headers",
    403: "it does not let us in; ask its owner, or watch it another way",
    404: "nothing is at this address; look for its new one",
    406: "it has nothing in a form we can read; check the address",
    407: "the proxy wants a sign-in; check `proxy`",
    410: "it is gone for good and is not asked again; remove it, or look for its new address",
    421: "this server does not answer for that name; check the address",
    429: "we asked too often; asked again later",
    451: "it is withheld for legal reasons; watch it another way",
}


def status_words(where: str, status: int) -> str:
    """One sentence for an answer that holds no document."""
    if status in _MEANING:
        what = _MEANING[status]
    elif status >= 500:
        what = "its server is in trouble; asked again later"
    else:
        what = "no document came; check the address"
    return f"{status}{_phrase(status)}: {where}: {what}."


def challenge_words(where: str, status: int, name: str) -> str:
    """One sentence for a check for browsers in a document's place."""
    return (
        f"{status}{_phrase(status)}: {where}: it answers programs with a challenge for browsers ({name}); "
        "ask its owner to let aiwatch in, or watch it another way."
    )


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
