"""The words by which boilerplate around an article is known, in the languages this is read in.

Headings are compared whole, in lower case and without punctuation; patterns must fit from the beginning of a line.
"""

import re

from aiwatch.text.late import late


def _headings(text: str) -> frozenset[str]:
    return frozenset(heading.strip() for heading in text.split("|"))


# Followed by links to other articles, wherever they stand.
RELATED = _headings(
    "related articles|related stories|related posts|related news|related content|related reading|related coverage"
    "|read next|read also|also read|more stories|more news|more from us|more on this story|more on this topic"
    "|you may also like|you might also like|you may like|you might be interested in|recommended for you"
    "|recommended reading|recommended articles|recommended stories|further reading|what to read next|latest news"
    "|latest stories|latest articles|latest posts|trending now|trending stories|most read|most popular|popular posts"
    "|popular articles|popular stories|editors picks|editor s picks|editors’ picks|in case you missed it|keep reading"
    "|more like this|other articles|similar articles|recent posts|recent articles"
    "|mehr zum thema|lesen sie auch|das könnte sie auch interessieren|das könnte dich auch interessieren"
    "|ähnliche artikel|verwandte artikel|weitere artikel|zum weiterlesen|meistgelesen|weitere nachrichten"
    "|articles similaires|articles liés|à lire aussi|lire aussi|sur le même sujet|à lire également|vous aimerez aussi"
    "|les plus lus|artículos relacionados|noticias relacionadas|te puede interesar|también te puede interesar"
    "|lee también|más noticias|lo más leído|artigos relacionados|notícias relacionadas|leia também|veja também"
    "|mais lidas|articoli correlati|leggi anche|potrebbe interessarti anche|ti potrebbe interessare|notizie correlate"
    "|i più letti|gerelateerde artikelen|lees ook|meer nieuws|meest gelezen|powiązane artykuły|czytaj także"
    "|czytaj również|zobacz także|zobacz też|przeczytaj także|podobne artykuły|читайте также|похожие статьи"
    "|материалы по теме|другие новости|смотрите также|читайте також|ilgili haberler|ilgili yazılar|ilgili makaleler"
    "|bunlar da ilginizi çekebilir|bài viết liên quan|tin liên quan|có thể bạn quan tâm|tin cùng chuyên mục"
    "|artikel terkait|berita terkait|baca juga|läs också|läs även|relaterade artiklar|les også|læs også"
    "|relaterte artikler|lue myös|čtěte také|související články|mohlo by vás zajímat|관련기사|관련 기사|관련 뉴스"
    "|추천 기사|많이 본 뉴스|関連記事|関連ニュース|あわせて読みたい|おすすめ記事|相关阅读|相关新闻|相关文章|延伸阅读|推荐阅读"
    "|相關新聞|相關文章|延伸閱讀|ข่าวที่เกี่ยวข้อง|บทความที่เกี่ยวข้อง|اقرأ أيضا|مواضيع ذات صلة|أخبار ذات صلة|مقالات ذات صلة"
    "|यह भी पढ़ें|संबंधित खबरें"
)
# The same at the very end only: inside an article these head its own lists.
RELATED_AT_END = _headings(
    "related|related topics|recommended|recommendations|see also|read more|more|trending|top stories|up next|tags|topics"
    "|share|share this|share this article|share this story|share this post|comments|leave a comment|leave a reply"
    "|post a comment|categories|links|weiterlesen|verwandte themen|kommentare|teilen|schlagwörter|lire la suite"
    "|commentaires|partager|relacionado|relacionados|comentarios|compartir|etiquetas|leia mais|veja mais|comentários"
    "|commenti|condividi|lees verder|reacties|по теме|комментарии|теги|популярное|yorumlar|paylaş|xem thêm|đọc thêm"
    "|bình luận|komentar|bagikan|อ่านเพิ่มเติม|댓글|コメント|评论|タグ"
)
FAQ = _headings(
    "faq|faqs|frequently asked questions|frequently asked questions faq|frequently asked questions faqs"
    "|faq frequently asked questions|people also ask|common questions"
    "|häufig gestellte fragen|häufige fragen|questions fréquentes|foire aux questions|questions fréquemment posées"
    "|preguntas frecuentes|perguntas frequentes|domande frequenti|veelgestelde vragen|najczęściej zadawane pytania"
    "|часто задаваемые вопросы|поширені запитання|sıkça sorulan sorular|sık sorulan sorular"
    "|câu hỏi thường gặp|pertanyaan umum|pertanyaan yang sering diajukan|vanliga frågor|ofte stilte spørsmål"
    "|ofte stillede spørgsmål|usein kysytyt kysymykset|často kladené otázky|časté dotazy|자주 묻는 질문|よくある質問"
    "|よくある質問faq|常见问题|常見問題|常见问题解答|คำถามที่พบบ่อย|الأسئلة الشائعة|अक्सर पूछे जाने वाले प्रश्न"
)
# Labels that stand alone on a line and say nothing.
LABELS = _headings(
    "advertisement|advertising|ad|ads|sponsored|sponsored content|story continues below advertisement"
    "|article continues below advertisement|article continues below|continue reading below|scroll to continue"
    "|werbung|anzeige|publicité|publicidad|publicidade|pubblicità|advertentie|reklama|реклама|reklam|annons|annonse"
    "|annonce|mainos|iklan|quảng cáo|광고|広告|广告|廣告|โฆษณา|إعلان|image|share this article|skip to content"
)


def _starting(*patterns: str) -> re.Pattern[str]:
    return late(rf"^[\W_]*(?:{'|'.join(patterns)})", re.IGNORECASE)


_PLATFORMS = (
    r"(?:facebook|twitter|x\b|instagram|linkedin|telegram|whatsapp|youtube|tiktok|threads|bluesky|mastodon|google news"
    r"|flipboard|discord|reddit|social media)"
)
# A pointer to another article, in one line: label, colon, headline.
POINTER = _starting(
    r"(?:also read|read also|read more|read next|see also|see more|related|related article|related story|don.t miss"
    r"|recommended|recommended reading|more on this)\s*[:：|»>]",
    r"(?:lesen sie auch|lies auch|mehr zum thema|(?:à )?lire (?:aussi|également)|lee también|lea también|te puede interesar"
    r"|leia (?:também|mais)|veja também|leggi anche|lees ook|czytaj (?:także|też|również)|zobacz (?:także|też)"
    r"|читайте (?:также|також)|bkz|ayrıca okuyun|xem thêm|đọc thêm|baca juga|läs (?:också|även|mer)|les også|læs også"
    r"|lue myös|čtěte také|اقرأ أيضا|यह भी पढ़ें|関連記事|相关阅读|延伸阅读|延伸閱讀|관련기사)\s*[:：|»>]",
)
# Asks the reader to do something for the site.
APPEAL = _starting(
    rf"(?:follow|like|find|join) (?:us|me|our\b.{{0,40}})? ?on {_PLATFORMS}",
    r"follow us\b(?! (?:home|around|into|through|down))",
    r"(?:sign up|subscribe|register)(?: here| now| today| free)? (?:for|to) (?:our|the|my|this)\b.{0,80}\b"
    r"(?:newsletters?|channel|podcast|updates|alerts|briefings?|mailing list|e-?mails?)",
    r"subscribe (?:now|today|here)\b",
    r"click here to (?:subscribe|sign|join|follow|read|get|download|learn|see)",
    r"get .{0,60}(?:delivered|straight|sent|right)\b.{0,20}\b(?:to|in) your inbox",
    r"join (?:our|the) .{0,40}(?:telegram|whatsapp|discord|newsletter|channel|community)\b",
    r"download our .{0,30}\bapp\b",
    r"share this (?:article|story|post)\b",
    r"thank(?:s| you) for (?:reading|subscribing)\b",
    r"the post .{1,300} (?:first appeared|appeared first) on\b",
    r"(?:©|\(c\)|copyright (?:©|\(c\)|\d{4}))",
    r"all rights reserved\b",
    r"(?:abonnieren sie|melden sie sich|folgen sie uns|folge uns|suivez[- ]nous|abonnez[- ]vous|inscrivez[- ]vous"
    r"|síguenos|suscríbete|siga-nos|siga o|assine (?:a|o|nossa)|inscreva-se|seguici su|iscriviti (?:alla|al)|volg ons"
    r"|meld je aan|śledź nas|obserwuj nas|zapisz się (?:na|do)|подписывайтесь|подпишитесь|следите за нами|bizi takip edin"
    r"|abone ol|theo dõi chúng tôi|ikuti kami|följ oss|prenumerera på|følg oss|følg os|ติดตามเราได้|กดติดตาม)\b",
)
# Sells what the site sells; only looked at past the first third.
PROMOTION = _starting(
    r"interested in .{1,120}\? *(?:send|contact|get|drop|call|write|talk|reach|let|book|e-?mail|message)\b",
    r"if you(?:.re| are) interested in .{1,200}\b(?:contact|reach out|get in touch|send us|visit|sign up)\b",
    r"if you want to (?:keep up|stay up|learn more|stay)\b.{0,150}\b(?:check out|visit|subscribe|follow|sign up)\b",
    r"(?:contact us|get in touch|send us a message|reach out to us|talk to (?:us|our|an expert))\b",
    r"for more (?:information|details|news|articles|stories),? ?.{0,60}\b(?:contact|visit|click|call|check out)\b",
    r"(?:to )?read more (?:articles|news|stories|posts|about .{1,80} (?:at|on|here))\b",
    r"(?:explore|discover|check out|browse|visit|see) (?:our|all our) \w+",
    r"(?:book|request|schedule|start|get) (?:a|your) (?:free )?(?:demo|trial|consultation|quote|call)\b",
    r"(?:try|start) .{1,40} (?:for )?free(?: today| now)?\b.{0,30}$",
    r"(?:haben sie interesse|kontaktieren sie uns|contactez[- ]nous|contáctanos|entre em contato|contattaci"
    r"|neem contact|skontaktuj się|свяжитесь с нами|bizimle iletişime|liên hệ (?:với chúng tôi|ngay)|hubungi kami)\b",
)
SELLS = late("|".join(one.pattern for one in (POINTER, APPEAL, PROMOTION)), re.IGNORECASE)
"""Any of the three."""
IMAGE = late(r"^\s*(?:[-*]\s+)?\[?!\[[^\]]*(?:\][^\]]*)*\]\([^)]*\)(?:\]\([^)]*\))?\s*$")
CAPTION = late(r"(?:^|[.!?]\s)\s*\(?estimated data\)?\.?\s*$", re.IGNORECASE)
