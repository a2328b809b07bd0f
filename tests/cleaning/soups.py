"""Tag soup for hypothesis: what a parser must take, in whatever order."""

from hypothesis import strategies as st

# Elements whose nesting follows from their names and the stack of open elements alone.
_PLAIN = "div p b i em font span ul li section article h1 h2 blockquote br hr img pre x-y center a"
PLAIN = (*_PLAIN.split(),)
_TABLES = "table tbody thead tfoot tr td th caption colgroup col"
_FOREIGN = "svg math mi annotation-xml g path foreignobject desc title"
_ODD = "select option optgroup input button form object marquee template ruby rt rp dl dt dd noscript iframe"
_RAW = "script style textarea xmp noembed"
NAMES = (
    *PLAIN,
    *_TABLES.split(),
    *_FOREIGN.split(),
    *_ODD.split(),
    *_RAW.split(),
    "frameset",
    "body",
    "nobr",
)
_ATTRIBUTES = ("", "", " class=x", " id=1", " id=2", " a='>'", "/", ' =">" ', ' a=b"c')
_BETWEEN = (
    "x",
    " ",
    "text ",
    "&amp;",
    "&#0;",
    "< b",
    "<!--",
    "-->",
    "<!-->",
    "--!>",
    "<![CDATA[",
    "]]>",
    "</>",
)


def soup(names: tuple[str, ...] = NAMES) -> st.SearchStrategy[str]:
    """Tags of a few of these elements, opened and closed at random, repeated a few times."""
    return st.lists(st.sampled_from(names), min_size=1, max_size=6).flatmap(_soup_of)


def _soup_of(names: list[str]) -> st.SearchStrategy[str]:
    starts = st.builds("<{}{}>".format, st.sampled_from(names), st.sampled_from(_ATTRIBUTES))
    ends = st.sampled_from(names).map("</{}>".format)
    parts = st.lists(starts | starts | ends | st.sampled_from(_BETWEEN), max_size=40).map("".join)
    return st.builds(lambda part, times: part * times, parts, st.sampled_from([1, 1, 3, 20]))
