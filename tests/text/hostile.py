"""A hundred pages that were made to hurt; `benchmarks/bombs.py --pages` prints what each costs."""

import base64
from collections.abc import Callable

ADDRESS = "https://owls.example/2026/11/21/counted"
OWLS = (
    "<h1>Owls counted in the park</h1><p>Owls were counted in the old park on Friday, and there were nine of them, "
    "all awake and all of them looking at the person who counted.</p><p>The ninth had not been seen since the "
    "winter before last, when the lamps along the river were put out to save money.</p>"
)
LINE = "The mill by the river grinds again, said the miller, who had waited for rain since May. "

Page = Callable[[], str | bytes]
PAGES: dict[str, Page] = {}


def nested(tag: str, count: int, inner: str = "deep") -> str:
    return f"<{tag}>" * count + inner + f"</{tag}>" * count


def numbered(pattern: str, count: int) -> str:
    return "".join(pattern.replace("#", str(number)) for number in range(count))


def linked(data: str, kind: str = "application/ld+json") -> str:
    return f'<script type="{kind}">{data}</script>'


def assigned(data: str) -> str:
    return f"<script>window.__STATE__ = {data};</script>"


def pages(**made: Page) -> None:
    assert not made.keys() & PAGES.keys()
    PAGES.update(made)


pages(  # deep: lexbor is quadratic in depth
    divs_deep=lambda: OWLS + "<div>" * 50_000 + LINE,
    divs_deep_and_closed=lambda: OWLS + nested("div", 30_000),
    spans_deep=lambda: OWLS + nested("span", 30_000),
    links_deep=lambda: OWLS + "<a href=x>" * 20_000 + LINE,
    bold_deep=lambda: OWLS + "<b>" * 20_000 + LINE,
    fonts_in_paragraphs=lambda: OWLS + numbered("<p><font size=#>x", 4_000),
    formatting_misnested=lambda: OWLS + "<b><i><p></b></i>" * 8_000,
    tables_deep=lambda: OWLS + "<table><tr><td>" * 10_000 + LINE,
    lists_deep=lambda: OWLS + "<ul><li>" * 15_000 + LINE,
    quotes_deep=lambda: OWLS + nested("blockquote", 15_000, LINE),
    unknown_elements_deep=lambda: OWLS + numbered("<x-#>", 15_000) + LINE,
    forms_deep=lambda: OWLS + "<form><div>" * 10_000 + LINE,
    buttons_deep=lambda: OWLS + "<button><p>" * 8_000 + LINE,
    templates_deep=lambda: OWLS + "<template>" * 8_000 + LINE,
    svg_deep=lambda: OWLS + "<svg>" + "<g>" * 20_000 + LINE,
    math_deep=lambda: OWLS + "<math>" + "<mrow>" * 20_000 + LINE,
    svg_and_html_in_turn=lambda: OWLS + "<svg><foreignObject><p>" * 5_000,
    articles_deep=lambda: OWLS + nested("article", 10_000, LINE),
    sections_900_deep=lambda: OWLS + nested("section", 900, "<p>" + LINE * 5 + "</p>"),
    tables_in_cells_300_deep=lambda: nested("table", 300, OWLS),
    options_deep=lambda: OWLS + "<select><optgroup>" * 8_000,
    ruby_deep=lambda: OWLS + "<ruby><rt>" * 10_000 + LINE,
)
pages(  # many
    paragraphs_40_000=lambda: "<article>" + f"<p>{LINE[:60]}</p>" * 40_000,
    empty_paragraphs_100_000=lambda: OWLS + "<p></p>" * 100_000,
    breaks_200_000=lambda: OWLS + "<br>" * 200_000,
    lines_between_breaks=lambda: "<div>" + (LINE + "<br>") * 7_000,
    links_100_000=lambda: OWLS + numbered("<a href=/#>#</a> ", 100_000),
    links_in_a_list=lambda: OWLS + "<ul>" + numbered("<li><a href=/#>Story #</a>", 10_000),
    items_12_000=lambda: "<ol>" + numbered("<li>Item number # of a long list of things.", 12_000),
    headings_20_000=lambda: OWLS + numbered("<h2>Chapter #</h2>", 20_000),
    first_headings_10_000=lambda: numbered("<h1>Title #</h1>", 10_000) + OWLS,
    articles_5_000=lambda: numbered(f"<article><h2>#</h2><p>{LINE}</p></article>", 5_000),
    divs_side_by_side=lambda: OWLS + "<div></div>" * 80_000,
    boxes_alike=lambda: numbered(f'<div class="box"><p>{LINE}</p></div>', 4_000),
    classes_all_different=lambda: numbered('<div class="c# d#"><p>x#</p></div>', 8_000),
    cells_12_000=lambda: OWLS + "<table>" + ("<tr>" + "<td>7</td>" * 60) * 200,
    one_row_of_15_000_cells=lambda: OWLS + "<table><tr>" + "<td>7" * 15_000,
    images_50_000=lambda: OWLS + "<img src=x alt='an owl'>" * 50_000,
    captions_10_000=lambda: OWLS + "<figure><img><figcaption>An owl</figcaption></figure>" * 10_000,
    iframes_10_000=lambda: OWLS + "<iframe src=x></iframe>" * 10_000,
    metas_20_000=lambda: numbered('<meta property="og:title" content="Title #">', 20_000) + OWLS,
    author_metas=lambda: numbered('<meta name="author" content="Ada #">', 8_000) + OWLS,
    times_10_000=lambda: OWLS + numbered("<time datetime=2026-01-01T00:00:#>x</time>", 10_000),
    bylines_10_000=lambda: OWLS + numbered('<span class="author">By Ada #</span>', 10_000),
    canonical_links=lambda: numbered("<link rel=canonical href=/#>", 20_000) + OWLS,
    itemprops=lambda: OWLS + numbered('<i itemprop="author datePublished">#</i>', 10_000),
    bodies_10_000=lambda: OWLS + numbered("<body a#=1>", 10_000),
    htmls_10_000=lambda: OWLS + numbered("<html b#=1>", 10_000),
    frames_5_000=lambda: "<frameset>" + "<frame src=x>" * 5_000 + "</frameset>",
    framesets_deep=lambda: nested("frameset", 10_000, "<frame src=x>"),
    faq_without_end=lambda: OWLS + "<h2>FAQ</h2>" + numbered("<h3>Why #?</h3><p>So.</p>", 4_000),
    related_without_end=lambda: OWLS + "<h2>Related Articles</h2><p>More</p>" * 4_000,
)
pages(  # large
    text_of_10_mb=lambda: "<p>" + LINE * 115_000,
    one_word_of_5_mb=lambda: "<p>" + "a" * 5_000_000,
    ten_mb_of_paragraphs=lambda: f"<p>{LINE}</p>" * 110_000,
    ten_mb_of_nothing=lambda: b"\0" * 10_000_000,
    ten_mb_of_blanks=lambda: OWLS + " " * 10_000_000,
    ten_mb_of_opening=lambda: "<" * 10_000_000,
    closing_tags_250_000=lambda: OWLS + "</p>" * 250_000,
    comment_of_5_mb=lambda: f"<!-- {LINE * 60_000} -->" + OWLS,
    comment_never_closed=lambda: OWLS + "<!--" + LINE * 30_000,
    comments_100_000=lambda: OWLS + "<!-- x -->" * 100_000,
    comment_of_dashes=lambda: OWLS + "<!" + "-" * 2_000_000,
    script_of_5_mb=lambda: f"<script>{'var a = 1;' * 500_000}</script>" + OWLS,
    script_never_closed=lambda: OWLS + "<script>" + "a<b;" * 500_000,
    scripts_20_000=lambda: "<script>a()</script>" * 20_000 + OWLS,
    style_of_2_mb=lambda: f"<style>{'p{color:red}' * 160_000}</style>" + OWLS,
    image_in_an_address=lambda: f'<img src="data:image/png;base64,{"A" * 2_500_000}">' + OWLS,
    title_of_2_mb=lambda: f"<title>{LINE * 23_000}</title>" + OWLS,
    attribute_of_2_mb=lambda: f'<p title="{LINE * 23_000}">' + OWLS,
    class_of_1_mb=lambda: f'<div class="{"related " * 120_000}">' + OWLS,
    class_of_many_names=lambda: f'<div class="{numbered("n# ", 100_000)}">' + OWLS,
)
pages(  # attributes and quotes
    attributes_16_000=lambda: OWLS + f"<p {numbered('a#=1 ', 16_000)}>" + LINE,
    attributes_900_on_900_tags=lambda: OWLS + f"<p {numbered('a# ', 90)}>x" * 900,
    attribute_never_closed=lambda: OWLS + '<p class="' + LINE * 20_000,
    quotes_only=lambda: OWLS + "<p " + "\"'" * 500_000,
    equals_only=lambda: OWLS + "<p " + "=" * 500_000,
    slashes_in_a_tag=lambda: OWLS + "<p " + "/ " * 100_000 + ">",
    tags_in_attributes=lambda: OWLS + '<p title="<div><div>">' * 20_000,
)
pages(  # entities and characters
    entities_500_000=lambda: OWLS + "<p>" + "&amp;" * 500_000,
    entities_numbered=lambda: OWLS + "<p>" + numbered("&##;", 100_000).replace("&", "&#"),
    entities_never_closed=lambda: OWLS + "<p>" + "&notanentityatall" * 60_000,
    entities_of_entities=lambda: OWLS + "<p>" + "&amp;amp;lt;b&amp;gt;" * 50_000,
    combining_marks=lambda: OWLS + "<p>a" + "\u0301\u0323" * 200_000,
    hidden_characters=lambda: OWLS + "<p>" + "\u200b\u202e\ufeff" * 300_000,
    no_break_spaces=lambda: OWLS + "<p>" + "\xa0" * 1_000_000,
    emoji_joined=lambda: OWLS + "<p>" + "\U0001f469\u200d" * 200_000,
    one_sentence_without_end=lambda: "<p>" + "文字" * 150_000,
    surrogates=lambda: OWLS + "<p>" + "\ud83d" * 100_000,
)
pages(  # traps for patterns
    class_traps=lambda: OWLS + f'<div class="{"share-" * 20_000}x">' + LINE,
    style_traps=lambda: OWLS + f'<p style="display{" " * 200_000}x">' + LINE,
    sentence_of_dots=lambda: OWLS + "<p>" + ". " * 300_000,
    date_traps=lambda: OWLS + f"<time>{'1 ' * 40_000}</time><p>{'2026-' * 20_000}",
    byline_traps=lambda: OWLS + f'<p class="author">{"By " * 50_000}</p>',
    many_names=lambda: OWLS + f'<p class="author">{"Ada Moor and " * 20_000}</p>',
    title_traps=lambda: f"<title>{' - '.join('ab' * 3 for _ in range(60_000))}</title>" + OWLS,
    title_of_bars=lambda: f"<title>{' | ' * 100_000}</title>" + OWLS,
    image_line_traps=lambda: OWLS + "<p>" + "![" * 100_000 + "](" * 100_000,
    caption_traps=lambda: OWLS + f"<p>{'estimated data ' * 20_000}</p>",
    promotion_traps=lambda: OWLS + f"<p>if you want to keep up {'check ' * 50_000}</p>" * 3,
    consent_traps=lambda: f"<p>we{' ' * 1_000}{'our partners ' * 20_000}</p>",
    charset_traps=lambda: b"<meta " * 3_000 + b" " * 300_000 + OWLS.encode(),
    address_traps=lambda: f'<link rel=canonical href="http://{"a." * 100_000}">' + OWLS,
    language_traps=lambda: f'<html lang="{"en-" * 100_000}">' + OWLS,
)
pages(  # structured data
    json_never_closed=lambda: linked('{"@type":"NewsArticle","headline":"Owls') + OWLS,
    json_deep=lambda: linked("[" * 100_000 + "]" * 100_000) + OWLS,
    json_objects_deep=lambda: linked('{"author":' * 20_000 + "1" + "}" * 20_000) + OWLS,
    json_of_many_articles=lambda: (
        linked(
            "["
            + ",".join(f'{{"@type":"NewsArticle","headline":"H{n}"}}' for n in range(20_000))
            + "]"
        )
        + OWLS
    ),
    json_pointing_at_itself=lambda: (
        linked('{"@graph":[{"@id":"#a","@type":"Article","author":{"@id":"#a"}}]}') * 500 + OWLS
    ),
    json_of_2_mb_body=lambda: (
        linked('{"@type":"Article","articleBody":"' + "<p>" * 600_000 + '"}') + OWLS
    ),
    json_body_of_deep_markup=lambda: (
        linked('{"@type":"Article","articleBody":"' + "<div>" * 30_000 + LINE * 9 + '"}') + OWLS
    ),
    json_of_figures=lambda: linked('{"datePublished":' + "9" * 100_000 + "}") + OWLS,
    json_of_escapes=lambda: linked('{"headline":"' + "\\u00" * 100_000 + '"}') + OWLS,
    json_of_authors=lambda: (
        linked('{"@type":"Article","author":[' + '{"name":"Ada Moor"},' * 20_000 + "1]}") + OWLS
    ),
    json_scripts_5_000=lambda: linked('{"@type":"Article","headline":"x"}') * 5_000 + OWLS,
    json_of_wrong_types=lambda: linked('{"@type":["Article",1],"author":[[[]]],"image":{}}') + OWLS,
)
pages(  # the data of scripts, in which a text is looked for when a page shows little
    state_deep=lambda: OWLS + assigned('{"body":' * 900 + '"x"' + "}" * 900),
    state_too_deep=lambda: OWLS + assigned("[" * 200_000),
    state_of_lists_in_lists=lambda: OWLS + assigned('{"body":[1,' * 400 + "2" + "]}" * 400),
    state_of_many_texts=lambda: OWLS + assigned("[" + f'{{"body":"{LINE * 4}"}},' * 8_000 + "0]"),
    state_of_many_lists=lambda: OWLS + assigned("[" + '{"body":["a","b"]},' * 25_000 + "0]"),
    state_of_one_text=lambda: OWLS + assigned('{"body":"' + "<p>a" * 600_000 + '"}'),
    state_of_nuxt=lambda: (
        OWLS
        + '<script type="application/json" id="__NUXT_DATA__">['
        + "[0,0]," * 60_000
        + "0]</script>"
    ),
    state_never_closed=lambda: OWLS + '<script>window.a={"body":"' + LINE * 8_000 + "</script>",
    state_of_literals=lambda: (
        OWLS + "<script>" + f'x({{body:"{LINE * 5}"}});' * 1_500 + "</script>"
    ),
    state_of_backslashes=lambda: OWLS + '<script>var a={body:"' + "\\" * 1_000_001 + '"}</script>',
    pushes_20_000=lambda: OWLS + '<script>self.__next_f.push([1,"0:[]"])</script>' * 20_000,
    pushed_text_rows=lambda: (
        OWLS + '<script>self.__next_f.push([1,"' + "1b:Tfffffff,x" * 60_000 + '"])</script>'
    ),
    live_updates_20_000=lambda: (
        linked(
            '{"@type":"LiveBlogPosting","liveBlogUpdate":['
            + '{"articleBody":"Owls."},' * 20_000
            + "0]}"
        )
        + OWLS
    ),
)
pages(  # bytes that are no page, or not in the encoding they name
    nothing=lambda: b"",
    one_byte=lambda: b"\xff",
    every_byte=lambda: bytes(range(256)) * 1_000,
    an_image=lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(255, -1, -1)) * 4_000,
    a_zip=lambda: b"PK\x03\x04" + base64.b64decode("AAECAwQFBgcICQ==") * 50_000,
    a_document=lambda: b"%PDF-1.7\n" + b"1 0 obj << /Length 9 >> stream\n\x9c\xed" * 8_000,
    utf_16_of_odd_length=lambda: b"\xff\xfe" + OWLS.encode("utf-16-le")[:-1],
    utf_16_that_says_utf_8=lambda: ('<meta charset="utf-8">' + OWLS).encode("utf-16"),
    latin_that_says_japanese=lambda: ('<meta charset="shift_jis">' + OWLS + "é" * 9_000).encode(
        "latin-1"
    ),
    half_a_character=lambda: (OWLS + "文").encode()[:-1],
    overlong_utf_8=lambda: OWLS.encode() + b"\xc0\xae" * 200_000,
    an_encoding_nobody_knows=lambda: b'<meta charset="base64">' + OWLS.encode(),
    escape_sequences=lambda: b'<meta charset="iso-2022-jp">' + b"\x1b$B" * 200_000 + OWLS.encode(),
    title_never_closed=lambda: "<html><head><title>Owls<body>" + OWLS * 20,
    link_never_closed=lambda: "<body><div><a href=/home>" + OWLS,
    plaintext=lambda: OWLS + "<plaintext>" + "<p>" * 100_000,
    everything_unclosed=lambda: (
        "<html><head><title>Owls</title><body><div><table><tr><td><ul><li><b><i>"
        + OWLS.replace("</p>", "")
    ),
)
