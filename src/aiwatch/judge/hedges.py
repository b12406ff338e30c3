"""Words by which a sentence denies, doubts or takes back, in the languages the sources write in.

Only their difference between two readings of one sentence is judged (`versions`), so a word that denies in most
sentences is good enough.
"""

import re

from aiwatch.text.late import late

_DENY_WORDS = (
    "not never no none nobody nor neither cannot without deny denies denied refuse refuses refused decline declines declined "
    "nicht kein keine keinen keinem keiner keines nie niemals niemand bestritt bestreitet dementiert dementierte "
    "ne pas jamais aucun aucune dément démenti nunca ningún ninguna jamás niega negó desmintió não nenhum nega "
    "non nessun nessuna mai niet geen nooit не нет никогда отрицает отрицал отрицала опроверг опровергла"
)
_DENY_PARTS = "不 没 沒 未 无 無 否认 否認 并非 並非 ない ず、 ません なかった 否定 않 없 못했 아니 부인 ไม่ ปฏิเสธ"
_DOUBT_WORDS = (
    "may might could can would possibly perhaps maybe probably likely allegedly reportedly apparently supposedly alleged "
    "suspected appear appears appeared seem seems seemed considering weighs weighing "
    "könnte könnten dürfte dürften soll sollen womöglich möglicherweise wohl vermutlich angeblich mutmaßlich offenbar "
    "pourrait pourraient serait seraient aurait auraient probablement présumé présumée présumés éventuel éventuelle "
    "podría podrían quizá quizás posiblemente presunto presunta presuntamente supuesto supuesta supuestamente habría habrían "
    "poderia poderiam talvez supostamente teria potrebbe potrebbero forse presunto avrebbe zou zouden mogelijk wellicht "
    "может могут возможно якобы вероятно предположительно"
)
_DOUBT_PARTS = "可能 或许 或許 也许 也許 或将 或將 据称 據稱 疑似 涉嫌 かもしれ とみられ 模様 疑い 見通し 수 있 가능성 것으로 보 의혹 추정 อาจ คาดว่า"
_CONTRACTED = late(r"n[’']t\b", re.IGNORECASE)
_WORD = late(r"[^\W\d_]+")
_DENY, _DOUBT = frozenset(_DENY_WORDS.split()), frozenset(_DOUBT_WORDS.split())
_DENY_IN = tuple(_DENY_PARTS.split())
_DOUBT_IN = tuple(
    part.replace("_", " ")
    for part in _DOUBT_PARTS.replace("수 있", "수_있").replace("것으로 보", "것으로_보").split()
)


def denials(sentence: str) -> tuple[str, ...]:
    """Its words that deny, in order; `n't` counts as `not`."""
    return _marks(expanded(sentence), _DENY, _DENY_IN)


def expanded(sentence: str) -> str:
    """With `n't` written out."""
    return _CONTRACTED.sub(" not", sentence)


def doubts(sentence: str) -> tuple[str, ...]:
    """Its words that make the claim less than certain (`may`, `allegedly`), in order."""
    return _marks(sentence, _DOUBT, _DOUBT_IN)


def _marks(sentence: str, whole: frozenset[str], parts: tuple[str, ...]) -> tuple[str, ...]:
    found = [word for word in _WORD.findall(sentence) if word.lower() in whole and word != "May"]
    return (*found, *(part for part in parts for _ in range(sentence.count(part))))


# ---------------------------------------------------------------- corrections in the article's own words

_LABEL = late(
    r"^\W*(?:corrections?|clarifications?|editor[’']?s[’']? note|note|update|erratum|retraction|amendment"
    r"|korrektur|berichtigung|anmerkung(?: der redaktion)?|hinweis|correctif|rectificatif|rectification|erratum"
    r"|correcci[oó]n|fe de err(?:atas?|ores)|rectificaci[oó]n|nota (?:del editor|da reda[cç][aã]o)|corre[cç][aã]o|errata|rettifica|correctie"
    r"|исправление|уточнение|更正|勘误|勘誤|编者按|訂正|お詫びと訂正|정정|바로잡습니다)(?!\w)[^:：]{0,40}[:：]",
    re.IGNORECASE,
)
_SAYS_SO = late(
    r"correct(?:ed|ion|ing|s)?\b|amend|misst|misidentif|misspel|misattrib|misquot|mistaken|incorrect|inaccura|erroneous|wrong"
    r"|clarif|retract|withdraw|taken back|\bremov|earlier version|previous version|\berrors?\b"
    r"|korrigiert|falsch|fehler|irrtümlich|früheren? (?:fassung|version)|corrig|erreur|erron[ée]|version précédente|rectifi"
    r"|error|err[oó]ne|versi[oó]n anterior|vers[aã]o anterior|исправлен|ошибо|更正|错误|有误|此前|誤り|訂正|잘못|정정|바로잡",
    re.IGNORECASE,
)
_PLAIN = late(
    r"(?:an? |the )?(?:earlier|previous|original|prior) version of this (?:article|story|report|post|headline|page)"
    r"|this (?:article|story|report|post|headline|page) (?:has been|was|is) (?:corrected|amended|retracted|withdrawn|updated to (?:correct|remove|clarify))"
    r"|in einer früheren (?:version|fassung) (?:dieses|des) |une version précédente de cet article|una versión anterior de est[ea]"
    r"|本文此前|当初の記事|기사 원문에서",
    re.IGNORECASE,
)
_RETRACTS = late(
    r"retract|withdrawn|withdrew|taken back|\bremove[ds]?\b|\bremoving\b|zurückgezogen|rétract|retirad|отозван|撤回|撤稿|取り消|철회",
    re.IGNORECASE,
)
_LONGEST = 1200


def correction_notes(text: str) -> tuple[str, ...]:
    """The lines by which an article says that it was corrected, clarified or taken back."""
    return tuple(line for line in map(str.strip, text.splitlines()) if is_correction_note(line))


def is_correction_note(line: str) -> bool:
    """`Correction: an earlier version …`; a label alone is not enough, `Note` and `Update` stand before much else."""
    if len(line) > _LONGEST:
        return False
    return bool(_PLAIN.search(line) or (_LABEL.match(line) and _SAYS_SO.search(line)))


def retracts(note: str) -> bool:
    """Whether a note takes a statement or the whole article back."""
    return bool(_RETRACTS.search(note))
