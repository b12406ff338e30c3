"""Who is said to say something, in several languages, and who is only credited with having written it.

"Thomas Husson called …", "a Reuters report indicates …", „sagte Ministerin Anke Rohde“ have a speaker. "…, as noted by
Meyka" has none: link farms end every other sentence so.
"""

import re

from aiwatch.judge import names
from aiwatch.judge.names import Name
from aiwatch.judge.sentences import stem
from aiwatch.text.late import late

# Languages that put the verb first: "sagte Betriebsratschef Uwe Brenner", "a déclaré la directrice, Claire Vasseur".
_VERB_FIRST = late(
    r"(?<![\w-])(?:said|says|told|wrote|added|warned|confirmed|announced"
    r"|sagte|sagt|erklärte|erklärt|betonte|kündigte|teilte|warnte|schrieb|bestätigte|berichtete|bestritt"
    r"|(?:a|ont|avait) (?:déclaré|annoncé|affirmé|indiqué|expliqué|confirmé|assuré|précisé|ajouté|démenti|estimé)"
    r"|déclare|affirme|indique|explique|confirme|précise|estime|selon|dixit"
    r"|dijo|afirmó|anunció|declaró|explicó|confirmó|aseguró|señaló|indicó|advirtió|negó|informó|según"
    r"|disse|afirmou|anunciou|declarou|explicou|confirmou|segundo"
    r"|ha (?:detto|dichiarato|annunciato|spiegato|confermato)|zei|meldde|verklaarde"
    r"|сказал[аи]?|заявил[аи]?|сообщил[аи]?|объявил[аи]?|подтвердил[аи]?)(?!\w)",
    re.IGNORECASE,
)
_REPORTING_WORDS = (
    "said says told tells stated announced announces confirmed confirms denied called wrote argued added explained "
    "noted warned claimed reported reports revealed indicated estimated insisted according statement reporters spokesman "
    "spokeswoman spokesperson"
)
REPORTING = frozenset(map(stem, _REPORTING_WORDS.split()))
"""The words of reporting itself, as `content` has them."""
_NEAR = 60  # characters from such a verb to its name
_CREDIT = late(
    r"(?:,\s*)?\b(?:as\s)?(?:first\s)?(?:reported|noted|suggested|highlighted|discussed|mentioned|stated|recommended|outlined"
    r"|explained|pointed out|detailed|covered|cited|seen)\s(?:by|in|on)\s(?P<who>[^,.;]{2,80})"
    r"|\baccording to (?P<whom>[^,.;]{2,80})(?=[.;]?$)"
    r"|\b(?:wie|laut|so) (?:die |der |das )?[^,.;]{2,60} (?:berichtet|berichtete|schreibt)\b"
    r"|\b(?:source|quelle|fuente|via)\s?:\s[^,.;]{2,80}",
    re.IGNORECASE,
)


def speaker(sentence: str, found: tuple[Name, ...]) -> Name | None:
    """Who of the names speaks: right after a verb that follows a comma or a quotation, else before one, else after."""
    inverted = [verb for verb in _VERB_FIRST.finditer(sentence) if _INVERTS.search(sentence[: verb.start()])]  # fmt: skip
    return (
        _after(inverted, sentence, found)
        or names.speaker(sentence, found)
        or _after(list(_VERB_FIRST.finditer(sentence)), sentence, found)
    )


_INVERTS = late(r"[,”“\"»’]\s*$")


def _after(verbs: list[re.Match[str]], sentence: str, found: tuple[Name, ...]) -> Name | None:
    """The first full name close behind one of the verbs, else the first of any."""
    for verb in verbs:
        close = [
            name
            for name in found
            if 0 < name.start - verb.end() <= _NEAR
            and not re.search(r"[.;:!?]", sentence[verb.end() : name.start])
        ]
        if full := [name for name in close if len(name.words) > 1] or close:
            return full[0]
    return None


_DENIES = late(
    r"\b(?:den(?:ied|ies|y)|dement(?:iert|ierte|ierten)|bestr(?:itt|eitet)|dément(?:i|it)?|nie|nient|niega|niegan|negó|desmintió|negou"
    r"|smentisce|ha smentito|отрица(?:ет|ют|л|ла)|опроверг(?:ла)?)\b",
    re.IGNORECASE,
)


def denies(sentence: str) -> bool:
    """Whether what is said is that something is not so."""
    return bool(_DENIES.search(sentence))


def credited(sentence: str) -> tuple[tuple[int, int], ...]:
    """Where a sentence only says by whom it was written first: the places from its mark to its end."""
    return tuple(match.span() for match in _CREDIT.finditer(sentence))
