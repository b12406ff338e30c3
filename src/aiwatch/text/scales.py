"""The scales on which blocks are measured, and the words that hint at what a short one is."""

from collections.abc import Sequence
from typing import Final

TAGS: Final = {
    tag: n
    for n, group in enumerate(
        (
            "",
            "p",
            "div",
            "li",
            "h1",
            "h2",
            "h3",
            "h4 h5 h6",
            "td th",
            "blockquote",
            "pre",
            "span strong em small label time cite",
            "dd dt",
            "section article main body",
        )
    )
    for tag in group.split()
}
WIDTHS: Final = (10, 25, 50, 90, 160, 300, 600)
LINKS: Final = (0.01, 0.2, 0.5, 0.8)
SHARES: Final = (0.005, 0.05, 0.2, 0.5, 0.85)
COUNTS: Final = (1, 2, 5, 12)
KEPT: Final = (200, 600, 1500, 5000)

# Single words, the first that stands in a block decides; what they mean is learned, not set.
_MARK_OF = {
    word: n + 1
    for n, group in enumerate(
        (
            "© copyright rights reserved rechte derechos reservados diritti droits réservés",
            "cookie cookies consent privacy datenschutz terms browser javascript einwilligung rgpd gdpr",
            "newsletter newsletters subscribe subscribed subscribing subscriber subscribers subscription inbox signup abonnieren "
            "abonnement abonnez suscríbete suscribirse iscriviti registrieren anmelden prenumerera рассылка подписаться подпишитесь",
            "share facebook twitter whatsapp instagram telegram linkedin pinterest youtube tiktok reddit follow folgen teilen "
            "partager compartir compartilhar condividi udostępnij",
            "related recommended trending popular similar leia lee lesen lire leggi lees czytaj zobacz читайте смотрите mehr weitere "
            "également también também läs les",
            "comment comments reply replies kommentar kommentare antworten commentaires comentarios comentários commenti reageer",
            "photo photos photograph foto fotos image images bild picture credit courtesy getty shutterstock unsplash istock afp "
            "reuters dpa epa video watch crédit fotografía",
            "by von por written published updated posted reviewed aktualisiert veröffentlicht erstellt publié publicado actualizado "
            "pubblicato author autor auteur редакция",
            "ago uhr minutes min monday tuesday wednesday thursday friday saturday sunday januar februar january february april june "
            "july august september october november december",
            "shop buy cart shipping affiliate commission sponsor sponsored advertisement anzeige werbung publicidad promo donate "
            "donation coupon discount pricing",
            "click learn download contact book quote view load jump contents started consultation demo trial faq",
            "writer reporter editor journalist correspondent freelance redakteur redakteurin journaliste periodista founder degree "
            "passionate tags topics categories",
        )
    )
    for word in group.split()
}
ENDS: Final = (
    dict.fromkeys(".!?…。！？।؟", 1) | dict.fromkeys(":;,", 2) | dict.fromkeys("\"”’»」)]'", 3)
)
STEPS: Final = (1, 3, 8, 20)


_MARKS = frozenset(_MARK_OF)


def mark_of(words: Sequence[str]) -> int:
    """The group of the first telling word, or nought."""
    if _MARKS.isdisjoint(words):
        return 0
    return next(filter(None, map(_MARK_OF.get, words)), 0)
