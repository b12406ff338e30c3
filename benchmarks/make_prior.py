"""Build src/aiwatch/text/data/prior.txt.gz and stopwords.txt from the word frequencies of the package wordfreq.

    pip install wordfreq && python benchmarks/make_prior.py

Needed only when the rules in text/terms.py change: a term must be cut and stemmed in the table as in an article.
"""

import gzip
import math
from collections import Counter, defaultdict
from pathlib import Path

import wordfreq

from aiwatch.text import terms

DATA = Path(__file__).parents[1] / "src" / "aiwatch" / "text" / "data"
TEXT_WORDS = 300
STOP_SHARE = 0.35  # a word in every third text says nothing about which event it tells
# Below the floor a word is as good as unseen. Where two languages share a spelling the weighted maximum counts:
# `sora` is a common word of one small language and must stay rare in English.
WEIGHTS = {
    "en": 1.0,
    "zh": 1.0,
    "ja": 1.0,
    "ko": 1.0,
    "ru": 1.0,
    "ar": 1.0,
    "hi": 1.0,
    "el": 1.0,
    "he": 1.0,
}
WEIGHTS |= dict.fromkeys(
    ("de", "fr", "es", "pt", "it", "nl", "vi", "pl", "sv", "tr", "id", "uk"), 0.5
)
OTHER_WEIGHT = 0.1
FLOORS = {"en": 2e-6, "zh": 8e-6, "ja": 8e-6, "ko": 8e-6, "ru": 1e-5}
OTHER_FLOOR = 1e-5
# The source has no Thai. These are function words and the commonest words of news, by hand; the level is a guess.
THAI = (
    "ที่ การ เป็น ของ และ ใน มี ได้ ให้ ว่า จะ ไม่ กับ จาก แต่ นี้ นั้น ซึ่ง โดย หรือ เพื่อ แล้ว ยัง ต้อง ความ ไป มา อยู่ คือ "
    "เมื่อ ถึง ทำ คน ผู้ วัน ปี เดือน ต่อ ตาม ด้วย กัน เข้า ออก ขึ้น ลง ทั้ง หลัง ก่อน เรา เขา พวก อย่าง มาก กว่า แห่ง ระบุ "
    "กล่าว เปิด เผย ประเทศ ไทย บริษัท ประกาศ ผ่าน ทาง ใช้ สามารถ อาจ ถูก รับ ราย ล้าน บาท ข่าว รายงาน เพราะ อีก"
)
THAI_FREQUENCY = 1e-3


def stop_words(frequencies: dict[str, float]) -> set[str]:
    """Words that stand in more than every third text of their language."""
    least = -math.log(1 - STOP_SHARE) / TEXT_WORDS
    summed: Counter[str] = Counter()
    for word, frequency in frequencies.items():
        if frequency > least / 10:
            for run in terms.runs(terms.normal(word)):
                if run.kind == "word":
                    summed[terms.folded(run.text)] += frequency
    return {
        word
        for word, frequency in summed.items()
        if frequency >= least and len(word) > 1 and not word.isdigit()
    }


def term_frequencies(frequencies: dict[str, float], stop: set[str]) -> dict[str, float]:
    """Occurrences of each of our terms for a word of running text."""
    found: defaultdict[str, float] = defaultdict(float)
    for word, frequency in frequencies.items():
        for run in terms.runs(terms.normal(word)):
            if run.kind == "word" and terms.folded(run.text) in stop:
                continue
            for term in terms.pieces(run):
                found[term] += frequency
            if run.kind == "pairs" and len(run.text) > 1:
                for character in run.text:
                    found[character] += frequency
    return found


def languages() -> list[str]:
    return sorted(set(wordfreq.available_languages("small")))


def main() -> None:
    merged: dict[str, float] = {}
    lines = ["# From wordfreq, CC BY-SA 4.0; see LICENSE-wordfreq.txt. One language a line."]
    for language in languages():
        frequencies = wordfreq.get_frequency_dict(language, "best")
        stop = stop_words(frequencies)
        if stop:
            lines.append(" ".join([language, *sorted(stop)]))
        floor = FLOORS.get(language, OTHER_FLOOR)
        weight = WEIGHTS.get(language, OTHER_WEIGHT)
        for term, raw in term_frequencies(frequencies, stop).items():
            frequency = raw * weight
            plain_number = term.isdecimal() and term.isascii()
            if frequency >= floor and not plain_number:
                merged[term] = max(frequency, merged.get(term, 0.0))
    for run in terms.runs(terms.normal(THAI)):
        for term in terms.pieces(run):
            merged[term] = max(THAI_FREQUENCY, merged.get(term, 0.0))
    levels: defaultdict[int, list[str]] = defaultdict(list)
    for term, frequency in merged.items():
        levels[round(10 * math.log10(frequency * 1e9))].append(term)
    text = "\n".join(f"{level}\t{' '.join(sorted(levels[level]))}" for level in sorted(levels))
    (DATA / "stopwords.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (DATA / "prior.txt.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{len(merged)} terms, {(DATA / 'prior.txt.gz').stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
