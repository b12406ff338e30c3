"""Which pages tell many things at once: they join no story and attract nothing."""

import re

from aiwatch.text.late import late
from aiwatch.text.terms import normal

# Shapes of headlines that only round-ups have; a "recap" of one match or one episode is a story and stays out.
_HEADLINES = late(
    r"\b(?:round-?up|newsletter|(?:morning|evening|daily|weekly) (?:brief(?:ing)?|digest|wrap|links)"
    r"|(?:this|last|the) week in\b(?! (?:prison|jail|hospital))|week in review|weekly recap|news in brief|what to (?:know|watch) this week"
    r"|(?:top|best|these|our) \d{1,3} (?!points?\b|percent\b|million\b|billion\b|teams?\b)\w+"
    r"|^\d{1,3} (?:best|top|things|ways|tips|reasons|stories|takeaways|must-|biggest|most)\b"
    r"|wochenrückblick|presseschau|nachrichtenüberblick|revue de presse|l['’]essentiel de la semaine|resumen (?:semanal|diario)"
    r"|lo mejor de la semana|resumo (?:da semana|semanal)|rassegna stampa|дайджест|итоги (?:дня|недели)|главное за (?:день|неделю)"
    r"|weekoverzicht|przegląd (?:tygodnia|prasy)|haftanın özeti|les \d{1,2} (?:infos|actus)\b"
    r"|bản tin|điểm tin|tin tức trong ngày)"
    r"|周报|日报|早报|晚报|一周|新闻早班车|要闻速览|新闻速览|要闻汇总|週報|早報|まとめ|週間ニュース|ニュースまとめ|주간|뉴스레터|오늘의 뉴스|สรุปข่าว",
    re.IGNORECASE,
)  # fmt: skip
_NEWSPAPER = late(
    r"(?:人民|光明|经济|青年|解放|文汇|科技|南方|晨|法制|法治|中国|新华)\w{0,3}(?:日报|早报|晚报)"
)


def named(title: str) -> str | None:
    """The words of a headline by which it is a round-up, if it is one."""
    heading = _NEWSPAPER.sub(" ", normal(title))
    found = _HEADLINES.search(heading)
    return found[0].strip() if found else None
