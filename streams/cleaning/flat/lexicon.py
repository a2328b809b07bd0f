# ruff: noqa: E501, ISC004 -- a pattern reads best whole
"""Words of page furniture: what a short line says when it is not the article.

Words only add to what a page's structure shows: a language without a lexicon loses nothing by it. English, and
the platform and agency names that are the same everywhere. All patterns are matched on folded lines
(`fold`), anchored or led by a fixed word, with bounded gaps.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.flat.folding import PLAIN, fold_all
from streams.cleaning.flat.sought import searcher, words_in
from streams.vocabulary import RemovedReason as Reason

# Characters up to which a line can be dropped by its words; STRONG patterns are never part of an article's prose.
SHORT_LINE = 160
STRONG_LINE = 400
REMEMBERED_CLUES = 256  # sets of words; most texts have one of a few

_AROUND = " .:!>»«<|·•*→›-"
_DIGITS = re.compile(r"\d+")
_ZEROS = bytes.maketrans(b"123456789", b"000000000")

_PLATFORM = (
    r"(?:facebook|twitter|x|whatsapp|instagram|linkedin|reddit|pinterest|telegram|e-?mail|youtube|tiktok|flipboard"
    r"|messenger|rss|bluesky|threads|snapchat|tumblr|print|sms|line|pocket|google\+?|vk|xing|weibo|wechat|copy link|link)"
)

# What a short line begins with: the whole line must match.
LEADING = (
    (
        Reason.SIGN_UP,
        r"(?:please )?(?:sign ?up|subscribe|register|log ?in|sign ?in|become an? (?:member|subscriber)|create an? (?:free )?account"
        r"|start (?:reading|your|a free)|unlock|claim|upgrade|manage (?:your )?(?:subscription|account)|join (?:us|now|today))\b.{0,110}",
    ),
    (
        Reason.PROMO,
        r"get (?:unlimited|full|instant|the latest|all your|breaking|our|a daily|daily|email)\b.{0,110}"
        r"|read (?:news|stories) from .{0,20}titles\b.{0,60}"
        r"|one app\b.{0,30}|(?:support|fund) (?:our|quality|independent|local) journalism\b.{0,60}|advertis(?:e|ement|ing)(?: with us)?"
        r"|ads?|sponsored(?: by)?\b.{0,40}|promoted|paid (?:content|post)|partner content|(?:story )?continues? (?:after|below).{0,30}"
        r"|scroll (?:down )?(?:to|for).{0,30}|article continues.{0,30}"
        r"|(?:download|get|install|open in) (?:the |our )?.{0,40}\b(?:app|app store|google play|podcast)",
    ),
    (
        Reason.RELATED,
        r"(?:related|recommended|more|most|top|latest|trending|popular|our picks|editor'?s? picks?|must[ -]reads?|read (?:more|next|also|the full)"
        r"|see (?:also|more)|you (?:may|might) (?:also )?(?:like|be interested)|also (?:read|on|in)|in other news|next (?:article|story|up)"
        r"|previous (?:article|story)|up next|don'?t miss|(?:around|from) the web|what to read next|stories|filed under|view (?:all|more)"
        r"|show (?:more|all)|load more)(?: (?:stories|articles?|news|reads?|topics?|links?|videos?|content|coverage|picks?|headlines|read|viewed"
        r"|popular|commented|shared|now|this|article|story|right|on .{1,25}|from .{1,40}|for you|in .{1,25}|by .{1,40})){0,4}\W{0,4}",
    ),
    # "Read more: a headline": the headline of something else
    (Reason.RELATED, r"(?:read (?:more|also|next)|see also|also read|related(?: (?:story|article|stories))?|more on this|watch(?: now)?)\s?: .{1,140}"),
    (
        Reason.NAVIGATION,
        r"(?:(?:skip|jump|back|go) to\b.{0,30}|close|menu|search|home(?:page)?|next|previous|tags?|topics?|categor(?:y|ies)|follow|listen(?: to this article)?"
        r"|watch(?: live)?|(?:click|tap) here\b.{0,40}|about us|contact us|careers|help|faqs?|loading|toggle .{0,30}|show caption|view (?:image|gallery)|play video"
        r"|0 of 0|0 ?/ ?0|0 (?:shares?|likes?|views?))\W{0,4}",
    ),
    (
        Reason.SHARE,
        rf"(?:share|tweet|follow|like|find|connect with|e-?mail|pin|post|send|save|click to (?:share|e-?mail|print|tweet))\b.{{0,60}}\b{_PLATFORM}\b.{{0,30}}"
        rf"|(?:share|tweet|{_PLATFORM}|comments?)(?:[ ,|/•·]{{1,3}}+(?:share|tweet|{_PLATFORM})){{0,12}}"
        r"|(?:share|click to e-?mail|click to print) (?:this|on|via)\b.{0,40}|this article is more than .{0,40}|e-?mail (?:this )?(?:article|author|the author)|print (?:this )?(?:article|page|story)|copy (?:the )?link",
    ),
    (
        Reason.LEGAL,
        r"(?:©|\(c\)|copyright\b).{0,150}"
        r"|accept (?:all|cookies)|reject all|sitemap|accessibility (?:statement|help)",
    ),
    (
        Reason.COMMENTS,
        r"(?:view |show |leave a |post a |0 )?(?:comments?|repl(?:y|ies))(?: \(0\)| closed| off)?|(?:leave|post|add|write) (?:a |the |your )?(?:comment|reply)\b.{0,40}"
        r"|join the (?:conversation|discussion)\b.{0,40}|be the first to comment\b.{0,20}|cancel reply|reply report.{0,20}|log in to (?:comment|reply)\b.{0,30}",
    ),
)  # fmt: skip
# Anywhere in a short line; a line with none of the words before the pattern is not looked at.
WITHIN = (
    (
        Reason.SIGN_UP,
        ("already", "log", "sign in", "to continue", "inbox", "free", "cancel any", "newsletter"),
        r".{0,60}\b(?:already (?:a |have )?(?:an? )?(?:member|subscriber|subscribed|account|registered)|sign in here|log ?in here"
        r"|to continue reading|in your inbox|to your inbox|free trial|cancel any ?time|our (?:free )?newsletters?|(?:days?|weeks?|months?) free)\b.{0,60}",
    ),
    (
        Reason.PROMO,
        ("premium titles", "trusted"),
        r".{0,30}\bpremium titles\W?|.{0,20}\btrusted (?:global )?(?:news )?sources\W?",
    ),
    (
        Reason.LEGAL,
        ("rights", "terms", "privacy", "cookie", "do not sell", "choices", "registered", "modern slavery"),
        r".{0,100}\b(?:all rights reserved|terms (?:of|and|&) (?:use|service|conditions)|privacy (?:policy|notice|settings)"
        r"|cookie (?:policy|settings|notice|preferences)|do not sell my|your (?:ad|privacy) choices|adchoices|registered in england|modern slavery)\b.{0,100}",
    ),
)  # fmt: skip
# Anywhere in a longer one.
STRONG = (
    (
        Reason.LEGAL,
        ("rights reserved", "may not be", "recaptcha", "cookies"),
        r"\ball rights reserved\b|\bmaterial may not be (?:published|reproduced)|\bmay not be (?:reproduced|published|broadcast|rewritten|redistributed)"
        r"|\bthis site is protected by recaptcha|\bwe use cookies\b|\buses cookies to\b",
    ),
    (
        Reason.COMMENTS,
        ("not be published", "commenting policy", "disqus"),
        r"\byour e-?mail address will not be published\b|\bplease read our commenting policy\b|\bpowered by disqus\b",
    ),
    (
        Reason.SCRIPT,
        ("javascript", "your browser", "blocker", "lorem ipsum"),
        r"\b(?:enable|turn on|requires?) javascript\b|\bjavascript (?:is )?(?:disabled|required)\b|\byour browser (?:does not|is not|doesn't)\b"
        r"|\bad ?blocker\b.{0,80}\b(?:disable|turn off|detected)|\blorem ipsum\b",
    ),
    (
        Reason.SIGN_UP,
        ("by signing up", "by subscribing", "by submitting", "by clicking", "newsletter"),
        r"\bby (?:signing up|subscribing|submitting|clicking)\b.{0,120}\b(?:agree|terms|policy)\b|\bsign up (?:for|to) (?:our|the) .{0,60}\bnewsletter",
    ),
)  # fmt: skip
# What tells that a reader who has not signed up gets a part only.
WALL = re.compile(
    r"(?:please )?(?:sign ?up|subscribe|register|log ?in|sign ?in|become an? (?:member|subscriber)|start (?:your|a) free trial)\b.{0,60}"
    r"\b(?:to|and) (?:continue|keep|finish|read)\b.{0,60}"
    r"|.{0,60}\bto (?:continue reading|read (?:the (?:full|rest|whole)|more of this|this) .{0,20}(?:article|story)|keep reading)\b.{0,60}"
    r"|(?:this (?:article|story|content) is )?(?:only )?(?:available )?(?:exclusively )?(?:for|to) (?:paying )?(?:subscribers|members)(?: only)?\W?"
)

# (word, reason, pattern): the pattern is tried where the word is.
_Clue = tuple[str, Reason, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Clues:
    """What of WITHIN and STRONG a text's words make possible."""

    within: tuple[_Clue, ...]
    strong: tuple[_Clue, ...]


_LEADING = re.compile("|".join(f"(?P<_{i}>{pattern})" for i, (_, pattern) in enumerate(LEADING)))
_WITHIN, _STRONG = (
    tuple((word, reason, re.compile(pattern)) for reason, words, pattern in patterns for word in words)
    for patterns in (WITHIN, STRONG)
)
ALL = Clues(_WITHIN, _STRONG)
_WORDS = searcher(word for word, _, _ in (*_WITHIN, *_STRONG))


def fold(line: str) -> str:
    """Lower case, plain quotes and dashes, every number 0, no bullets or arrows around."""
    return _fold(line).strip(_AROUND)


def fold_lines(text: str, codes: NDArray[np.uint32]) -> tuple[list[str], Clues]:
    """The lines of a text that are not blank, each folded, at the cost of one, and the clues to look for in
    them: most texts have few. `codes`: the text's code points.
    """
    folded, found = fold_all(text, codes, _WORDS) or _fold_by_characters(text)
    lines = [line.strip(_AROUND) for line in folded.split("\n") if line and not line.isspace()]
    return lines, _clues(found)


def furniture(folded: str, clues: Clues = ALL) -> Reason | None:
    """The reason why a folded line is furniture, as far as its words say."""
    if len(folded) > STRONG_LINE:
        return None
    if len(folded) <= SHORT_LINE:
        match = _LEADING.fullmatch(folded)
        if match is not None and match.lastgroup:
            return LEADING[int(match.lastgroup[1:])][0]
        for word, reason, pattern in clues.within:
            if word in folded and pattern.fullmatch(folded):
                return reason
    for word, reason, pattern in clues.strong:
        if word in folded and pattern.search(folded):
            return reason
    return None


def _fold(text: str) -> str:
    if not text.isascii():
        for fancy, plain in PLAIN.items():
            text = text.replace(fancy, plain)
    text = text.casefold()
    if not text.isascii():
        return _DIGITS.sub("0", text)
    # of 5 kB the pattern would take 85 us, this 10
    folded = text.encode().translate(_ZEROS)
    while b"00" in folded:
        folded = folded.replace(b"00", b"0")
    return folded.decode()


def _fold_by_characters(text: str) -> tuple[str, int]:
    folded = _fold(text)
    return folded, int(words_in(np.frombuffer(folded.encode("utf-8", "replace"), np.uint8), _WORDS))


@lru_cache(REMEMBERED_CLUES)
def _clues(found: int) -> Clues:
    return Clues(
        tuple(clue for bit, clue in enumerate(_WITHIN) if found >> bit & 1),
        tuple(clue for bit, clue in enumerate(_STRONG, len(_WITHIN)) if found >> bit & 1),
    )
