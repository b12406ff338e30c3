"""Which language a text is in: as declared, else by script, else by its commonest little words; None when unsure.

Small on purpose: it serves filters such as `languages: [en, th]`, and where it does not know it says so.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from aiwatch.text.late import late

READ = 5_000  # characters: more changes nothing
FEWEST_HITS = 1.5  # weighted little words; one alone (`die`, `no`) proves nothing
FEWEST_LETTERS = 300  # characters by which a declaration may be contradicted
LEAD = 2.0  # times the second-best language, in words that the two do not share

_TAG = late(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*", re.IGNORECASE)
_LETTER_RUN = late(r"[^\W\d_]+")
_ONLY_LETTERS = {code: " " for code in range(128) if not chr(code).isalpha()}
_UNKNOWN = frozenset({"utf", "und", "mul", "zxx", "mis", "xx", "nil"})
# Older and three-letter tags, and names people type.
_ALIASES = {
    "iw": "he", "in": "id", "ji": "yi", "jp": "ja", "kr": "ko", "cn": "zh", "gr": "el", "ua": "uk", "cz": "cs",
    "dk": "da", "nb": "no", "nn": "no", "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es",
    "por": "pt", "ita": "it", "nld": "nl", "dut": "nl", "pol": "pl", "rus": "ru", "ukr": "uk", "jpn": "ja", "kor": "ko",
    "zho": "zh", "chi": "zh", "cmn": "zh", "tha": "th", "vie": "vi", "tur": "tr", "swe": "sv", "ind": "id", "ara": "ar",
}  # fmt: skip

# What a letter's Unicode name begins with -> the one language we take it for; those in _SHARED need a closer look.
_SCRIPTS = {
    "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "THAI": "th", "HEBREW": "he", "GREEK": "el", "GEORGIAN": "ka",
    "ARMENIAN": "hy", "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml",
    "GUJARATI": "gu", "GURMUKHI": "pa", "SINHALA": "si", "KHMER": "km", "LAO": "lo", "MYANMAR": "my",
    "CJK": "zh", "CYRILLIC": "cyrillic", "ARABIC": "arabic", "DEVANAGARI": "devanagari", "LATIN": "latin",
}  # fmt: skip
_WHOLE_WORDS = frozenset({"ko", "ja", "zh"})  # one letter says as much as three of an alphabet
# Letters that only one of the script's languages writes, rarest first; the last is what is left.
_LETTERS = {
    "cyrillic": (("be", "ў"), ("uk", "іїєґ"), ("sr", "ђћљњџј"), ("kk", "әғқңөұүһ"), ("ru", "ыэёь"), ("bg", "ъ")),
    "arabic": (("ur", "ٹڈےںہ"), ("fa", "پچژگکی"), ("ar", "ةىأإيك")),
}  # fmt: skip
_HINDI = frozenset(("है", "के", "में", "की", "को", "और", "से", "का", "ने", "पर", "हैं", "था"))

_LITTLE_WORDS = {
    "en": "the a of and to in is that for it was on are with as be at by this have from not but which has their they were"
    " its an said will would after who or about been more",
    "de": "der die und das den von zu mit sich auf ist im dem nicht ein eine als auch es an werden aus er hat dass nach"
    " bei einer um wird sind für über einem wie zum zur noch haben",
    "fr": "a à le la les des et est une du dans que qui pour au sur pas plus par ce il sont avec aux cette ont été mais"
    " leur nous ses elle après être sa ces entre",
    "es": "a el la los las de del que y en un una por con para es se al lo como más su pero sus este ha según sobre"
    " también fue entre desde años ser está han",
    "pt": "o a os as de do da dos das que e em um uma para com não por é se mais na no nas nos ao como foi mas pela pelo"
    " são também sua seu até está ser entre",
    "it": "a il lo la gli le di del della dei delle che e è un una per con non si da dal nel nella sono come più anche ha"
    " alla al ma stato dopo hanno questo questa tra degli",
    "nl": "de het een van en in is dat op te zijn voor met die niet aan er om ook als naar bij uit door over wordt maar"
    " heeft nog worden dan werd deze hij tot",
    "pl": "w i na z do się nie że jest o to jak przez od po dla za są ale oraz które który ich tym jego już będzie przed"
    " może także roku czy tylko",
    "vi": "và của là có trong được cho các với một không những này đã khi người để từ trên đến ra về cũng nhiều sẽ tại"
    " như vào năm còn theo",
    "tr": "ve bir bu da de için ile olarak çok daha olan en gibi sonra kadar ne olduğu var değil ancak göre her ya ise"
    " tarafından oldu yeni olduğunu dedi",
    "sv": "och att det i en på är som av för med till den har inte om ett men de från vi efter nu kan så var när eller"
    " också ska hade sig över mot än",
    "da": "og at det i en på er som af for med til den har ikke om et men de fra vi efter nu kan så var når eller også"
    " skal havde sig mod være blev der bliver",
    "no": "og at det i en på er som av for med til den har ikke om et men de fra vi etter nå kan så var når eller også"
    " skal hadde seg mot være ble der blir",
    "fi": "ja on ei se että oli hän mutta ovat kun niin myös tai sen kuin joka mukaan jo vain ole ovat tämä olla sekä"
    " mitä voi jotka kanssa",
    "id": "yang dan di dari dengan untuk ini itu pada dalam tidak akan ke juga oleh adalah sebagai telah bisa karena"
    " ada tersebut kami saat mereka dapat menjadi lebih",
    "cs": "a v se na je že s z do o i to za pro jako ve by po od jsou ale byl které jeho podle také který při nebo až"
    " však už bude své",
    "ro": "și în de la a pe cu că este din un o pentru nu care mai sau fi ale sunt prin au fost dar după acest ca"
    " lui între iar",
    "hu": "a az és hogy nem is egy ez meg csak már de volt mint szerint van azt még ki el vagy lehet pedig után nagyon"
    " ezt több",
    "ru": "и в во со не на что с по из для как это от за к до он о но так его у же бы при был после также или",
    "bg": "и в на се да за от е не с по че са като до си ще или беше която който след при това има",
    "uk": "і в не на що з до та за у як це про від по для й але його був після також або під",
    "sr": "и у на је да се за од су са као што није или али после који која године из",
    "ca": "a el la els les de del dels que i en un una per amb és no al als més com ha són també aquest aquesta però"
    " seva seu després ser entre fins",
}  # fmt: skip
_NORDIC = frozenset({"no", "da", "sv"})  # too near to each other to contradict
_LANGUAGES: dict[str, tuple[str, ...]] = {}
for _language, _words in _LITTLE_WORDS.items():
    for _word in _words.split():
        _LANGUAGES[_word] = (*_LANGUAGES.get(_word, ()), _language)

KNOWN = frozenset(
    {"hi", *_LITTLE_WORDS, *(tag for letters in _LETTERS.values() for tag, _ in letters)}
    | {tag for tag in _SCRIPTS.values() if len(tag) == 2}
)
"""Languages that `language` can tell apart by itself."""


def language(text: str, declared: str | None = None) -> str | None:
    """The primary language subtag, as declared if that is a tag, else as read from the text; None when unsure."""
    return normal_tag(declared or "") or _by_script(unicodedata.normalize("NFC", text[:READ]))


def checked(declared: str | None, text: str) -> tuple[str | None, bool]:
    """The declared language, or the text's where that plainly contradicts it; and whether it was the text's.

    Templates declare English on pages in German, Bengali or Thai (13 of 1,657 pages). A tag that
    is not known here is believed, unless the script of the text is one language's own.
    """
    tag = normal_tag(declared or "")
    if tag and _is_plainly(tag, text):
        return tag, False
    read = (
        _by_script(unicodedata.normalize("NFC", text[:READ]))
        if len(text) >= FEWEST_LETTERS
        else None
    )
    if read is None or read == tag or (tag and {read, tag} <= _NORDIC):
        return tag, False
    if tag and tag not in KNOWN and read in _LITTLE_WORDS:
        return tag, False
    return read, True


def _is_plainly(tag: str, text: str) -> bool:
    """Whether so many of the first words are the language's little words that no closer look is needed."""
    words = text[:400].casefold().split()
    return len(words) > 20 and 5 * sum(tag in _LANGUAGES.get(word, ()) for word in words) > len(
        words
    )


def normal_tag(tag: str) -> str | None:
    """`en` of `en-US`, `zh` of `zh_Hans_CN`; None for what is no tag or says nothing."""
    found = _TAG.fullmatch(tag.strip())
    if not found:
        return None
    primary = found[1].lower()
    return None if primary in _UNKNOWN else _ALIASES.get(primary, primary)


def _by_script(text: str) -> str | None:
    if text.isascii():
        return _by_little_words(text)
    counts: Counter[str] = Counter()
    for letter, times in Counter(text).items():
        if script := _script_of(letter):
            counts[script] += times * (3 if script in _WHOLE_WORDS else 1)
    if counts["ja"] * 10 > counts["zh"]:  # Japanese mixes kana in; Chinese has next to none
        counts["ja"] += counts.pop("zh", 0)
    if not counts:
        return None
    script, weight = counts.most_common(1)[0]
    if weight * 2 < counts.total() or weight < 4 or script == "other":
        return None
    if script == "latin":
        return _by_little_words(text)
    if script == "devanagari":
        return "hi" if len(_HINDI.intersection(text.split())) > 1 else None
    if script in _LETTERS:
        return _by_letters(script, text.lower()) or _by_little_words(text)
    return script


@lru_cache(maxsize=4096)
def _script_of(letter: str) -> str:
    """What its script is called here; empty for what is no letter."""
    if not letter.isalpha():
        return ""
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], "other")


def _by_letters(script: str, text: str) -> str | None:
    """The first language whose own letters are more than a stray name."""
    letters = Counter(text)
    for tag, own in _LETTERS[script]:
        if sum(letters[letter] for letter in own) * 100 > sum(map(str.isalpha, text)):
            return tag
    return None


def _by_little_words(text: str) -> str | None:
    """The language of the most little words, a word that several share counting for each in part."""
    words = _words_of(text.casefold())
    little = [(word, times) for word, times in Counter(words).items() if word in _LANGUAGES]
    scores = dict.fromkeys(_LITTLE_WORDS, 0.0)
    for word, times in little:
        sharers = _LANGUAGES[word]
        for tag in sharers:
            scores[tag] += times / len(sharers)
    best, second = sorted(scores, key=lambda tag: -scores[tag])[:2]
    if scores[best] < max(FEWEST_HITS, len(words) * 0.05):
        return None
    ours, theirs = _only_in(best, second, little), _only_in(second, best, little)
    return best if ours >= 2 and ours >= LEAD * theirs else None


def _words_of(folded: str) -> list[str]:
    """Its runs of letters."""
    if folded.isascii():
        return folded.translate(_ONLY_LETTERS).split()  # in a third of the time
    return _LETTER_RUN.findall(folded)


def _only_in(one: str, other: str, little: Iterable[tuple[str, int]]) -> int:
    """How many of the words one language has and the other has not."""
    return sum(
        times for word, times in little if one in _LANGUAGES[word] and other not in _LANGUAGES[word]
    )
