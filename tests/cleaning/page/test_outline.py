"""A page as blocks and elements."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from selectolax.lexbor import LexborHTMLParser

from streams.cleaning.page.markup import GROUP, GROUPS, H1, ITEM, LANDMARK, SLOTS, STRIPPED
from streams.cleaning.page.outline import Outline
from streams.cleaning.page.walk import MAX_BLOCKS, MAX_DEPTH
from tests.cleaning.page.outlines import outline, texts
from tests.cleaning.soups import NAMES, soup

slow = settings(max_examples=300, suppress_health_check=list(HealthCheck))


def ancestry(of: Outline, element: int) -> list[int]:
    """The element and those around it."""
    found = [element]
    while (element := of.elements.parent[element]) >= 0:
        found.append(element)
    return found


def nested(of: Outline) -> bool:
    """Whether ranges of blocks lie in order and within those of the element around, and each block's text
    begins within its block element."""
    e, b = of.elements, of.blocks
    inner = e.parent >= 0
    up = e.parent[inner]
    return bool(
        (e.first <= e.last).all()
        and (e.parent < np.arange(len(e.parent))).all()
        and (e.first[up] <= e.first[inner]).all()
        and (e.last[up] >= e.last[inner]).all()
        and (e.depth[inner] == e.depth[up] + 1).all()
        and (b.start < b.end).all()
        and (b.start[1:] == b.end[:-1]).all()
        and all(e.first[b.outer[i]] <= i < e.last[b.outer[i]] for i in range(len(b.start)))
        and all(outer in ancestry(of, inner) for outer, inner in zip(b.outer, b.inner, strict=True))
    )


@pytest.mark.parametrize("name", ["b", "a", "span", "em", "font", "x-quote", "sup", "nobr"])
def test_inline_elements_do_not_split_a_block(name: str) -> None:
    assert texts(f"<p>The fer<{name}>ry re</{name}>turned <{name}>today</{name}>.</p>") == [
        "The ferry returned today."
    ]


@pytest.mark.parametrize("name", ["p", "div", "li", "h2", "td", "blockquote", "figcaption", "details", "dd"])
def test_block_elements_split_the_text_around_them(name: str) -> None:
    inside = f"<{name}>between</{name}>"
    page = f"<table><tr>{inside}</tr></table>" if name == "td" else inside
    assert texts(f"<div>before{page}after</div>") == ["before", "between", "after"]


def test_a_line_break_splits_a_block_and_is_noted_on_both_sides() -> None:
    of = outline("<p>one<br>two<br/><br>three</p><p>four</p>")
    assert texts(of) == ["one", "two", "three", "four"]
    assert of.blocks.breaks.tolist() == [1, 3, 2, 0]


def test_a_rule_splits_a_block_and_is_no_line_break() -> None:
    of = outline("<div>one<hr>two</div>")
    assert texts(of) == ["one", "two"]
    assert of.blocks.breaks.tolist() == [0, 0]


def test_white_space_of_every_kind_collapses_across_inline_elements() -> None:
    assert texts("<p>\n one \t<b> two</b>&nbsp; \u3000three\u2003</p>") == ["one two three"]


def test_no_space_is_invented_between_inline_elements() -> None:
    assert texts("<p><b>港务局</b><i>表示</i>，渡轮恢复运营。</p>") == ["港务局表示，渡轮恢复运营。"]


def test_references_become_their_characters() -> None:
    assert texts(
        "<p>Salt &amp; glass, 1 &lt; 2 &gt; 0, &quot;a&quot;&nbsp;b, caf&eacute;, &#x4E2D;, &amp;lt;"
    ) == ['Salt & glass, 1 < 2 > 0, "a" b, café, 中, &lt;']


def test_an_ampersand_that_begins_no_reference_stays() -> None:
    assert texts("<p>R&D; Q&A, a & b, &nosuch;</p>") == ["R&D; Q&A, a & b, &nosuch;"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- a > b -->",
        "<!---->",
        "<!-- -- > <p>no</p> -->",
        "<?xml version='1.0'?>",
        "<script>if (a < b) document.write('<p>no</p>')</script>",
        "<style>p > a { color: red }</style>",
        "<template><p>no</p></template>",
        "<svg><title>no</title><text>no</text></svg>",
        "<iframe><p>no</p></iframe>",
        "<select><option>no</select>",
        "<textarea>no</textarea>",
    ],
)
def test_what_no_reader_sees_is_never_text(hidden: str) -> None:
    assert texts(f"<p>before {hidden}after</p>") == ["before after"]


@pytest.mark.parametrize(
    "attribute",
    [
        'title="a > b"',
        "title='<p>'",
        'title="it\'s"',
        "title='say \"a\"'",
        'alt="a"b""',
        "a=b\"c'd",
        '"',
        "hidden",
        "=x",
        "= =",
        "/ a / b",
        "a<b=c",
        "data-x=a/b",
        'data-json="{&quot;a&quot;: &quot;<p>&quot;}"',
    ],
)
@pytest.mark.parametrize("name", ["span", "p", "img", "br", "hr"])
def test_attributes_are_skipped_whatever_is_in_them(name: str, attribute: str) -> None:
    found = " ".join(texts(f"<div>one <{name} {attribute}>two</{name}></div>"))
    assert found.split() == ["one", "two"]


@pytest.mark.parametrize("name", ["xmp", "plaintext"])
def test_where_markup_is_text_it_is_kept_as_it_was_written(name: str) -> None:
    written = "1 < 2 &amp; <b>bold</b> </div></body> &lt; <p"
    assert texts(f"<div><p>before</p><{name}>{written}") == ["before", written]


def test_end_tags_that_are_but_text_close_nothing() -> None:
    of = outline("<div><xmp></div></b></xmpx></xmp>two</div><p>three</p>")
    assert texts(of) == ["</div></b></xmpx>", "two", "three"]
    assert of.elements.depth[of.blocks.outer].tolist() == [2, 1, 1]


def test_what_follows_xmp_is_a_block_of_its_own() -> None:
    assert texts("<div><xmp>one</xmp>two<p>three</p></div>") == ["one", "two", "three"]


def test_text_for_browsers_without_scripts_is_kept() -> None:
    assert texts("<div>one<noscript><p>two</p></noscript></div>") == ["one", "two"]


def test_custom_elements_are_inline_and_keep_their_text() -> None:
    of = outline("<my-card class='story'><p>one</p></my-card><p>two <my-time>today</my-time></p>")
    assert texts(of) == ["one", "two today"]
    assert of.elements.any_words[of.blocks.inner[0]] & GROUP["article"]


def test_links_and_bold_text_are_counted_in_code_points() -> None:
    of = outline(
        "<p>See <a href='/a'>the map</a>, <a href='/b'><b>here</b></a>.</p><p><strong>渡轮</strong></p>"
    )
    assert of.blocks.links.tolist() == [2, 0]
    assert of.blocks.linked.tolist() == [len(" the map") + len(" here"), 0]  # the space before counts
    assert of.blocks.bold.tolist() == [len(" here"), len("渡轮")]


def test_a_link_around_blocks_covers_all_of_their_text() -> None:
    of = outline("<a href='/a'><h3>Title</h3><p>Teaser</p></a><p>Text</p>")
    assert of.blocks.linked.tolist() == [5, 6, 0]


def test_pictures_and_form_fields_are_counted_at_the_next_block() -> None:
    of = outline("<img><p>one</p><img><div><img></div><p>two</p><form><input><input>three</form>")
    assert of.blocks.images.tolist() == [1, 2, 0]
    assert of.blocks.inputs.tolist() == [0, 0, 2]


@pytest.mark.parametrize(
    ("markup", "landmark"),
    [
        ("<main>{}</main>", "main"),
        ("<footer>{}</footer>", "footer"),
        ("<figure><div>{}</div></figure>", "figure"),
        ("<figcaption>{}</figcaption>", "figure"),
        ("<table><tr><td>{}</td></tr></table>", "table"),
        ("<div role='main'>{}</div>", "main"),
        ("<div role='contentinfo'>{}</div>", "footer"),
        ("<div role='navigation'>{}</div>", "nav"),
        ("<div role='article'>{}</div>", "article"),
        ("<div role='dialog'><p>{}</p></div>", "dialog"),
    ],
)
def test_landmarks_are_handed_down_and_roles_are_landmarks(markup: str, landmark: str) -> None:
    of = outline(f"<p>before</p>{markup.format('inside')}<p>after</p>")
    marked = [bool(of.elements.landmarks[inner] & LANDMARK[landmark]) for inner in of.blocks.inner]
    assert marked == [False, True, False]


@pytest.mark.parametrize(
    "attribute",
    [
        "class='comments'",
        "class='post-comments'",
        "class='articleComments'",
        "class='reader_comments2'",
        "class='wrap Comments'",
        "id='comments'",
        "class='x' id='c-comments'",
    ],
)
def test_words_are_found_in_classes_and_ids_however_they_are_joined(attribute: str) -> None:
    of = outline(f"<div {attribute}><p>inside</p></div><p>after</p>")
    found = [bool(of.elements.any_words[inner] & GROUP["comment"]) for inner in of.blocks.inner]
    assert found == [True, False]


def test_a_word_within_a_longer_one_announces_nothing() -> None:
    of = outline("<div class='commentsystemless uncomment'><p>inside</p></div>")
    assert not of.elements.any_words.any()


def test_words_of_the_body_are_its_own_and_not_handed_down() -> None:
    of = outline("<body class='archive'><div><p>inside</p></div></body>")
    assert of.elements.words[0] & GROUP["listing"]
    assert not of.elements.any_words[of.blocks.inner[0]]


def test_blocks_know_the_kind_of_their_element() -> None:
    of = outline("<h1>one</h1><ul><li><a href='/'>two</a></li></ul>")
    assert of.elements.kind[of.blocks.outer].tolist() == [H1, ITEM]


def test_the_same_chain_of_tags_and_classes_has_the_same_path() -> None:
    of = outline("<div class=a><p>1</p><p>2</p><p class=b>3</p></div><div class=c><p>4</p></div>")
    a, b, c, d = of.elements.path[of.blocks.outer].tolist()
    assert a == b
    assert len({a, c, d}) == 3


def test_elements_deeper_than_the_limit_leave_their_text_to_the_one_above() -> None:
    deep = MAX_DEPTH + 50
    of = outline("<div>" * deep + "deep" + "</div>" * deep + "<p>after</p>")
    assert texts(of) == ["deep", "after"]
    assert of.elements.depth.max() == MAX_DEPTH - 1
    assert of.elements.depth[of.blocks.outer[1]] == 1
    assert nested(of)


def test_blocks_beyond_the_limit_are_dropped() -> None:
    of = outline("".join(f"<p>{i % 10}</p>" for i in range(MAX_BLOCKS + 20)))
    assert len(of.blocks.start) == MAX_BLOCKS
    assert of.text == "0123456789" * (MAX_BLOCKS // 10)
    assert nested(of)


@pytest.mark.parametrize("page", ["", "<html></html>", "<frameset><frame></frameset>", "<p> <br> &nbsp;</p>"])
def test_a_page_without_text_has_no_blocks(page: str) -> None:
    assert texts(page) == []


def test_characters_beyond_the_first_plane_and_joiners_survive() -> None:
    text = "👩‍🚒 𠮷野家 می‌خواهم नौका"
    assert texts(f"<p>{text}</p>") == [text]


def test_every_class_word_is_lower_case_letters_and_the_tables_are_far_from_full() -> None:
    words = {word for group in GROUPS.values() for word in group.split()}
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words)
    assert len(words) < SLOTS / 2


@slow
@given(soup())
def test_the_text_of_any_soup_is_what_lexbor_says(page: str) -> None:
    tree = LexborHTMLParser(page)
    tree.strip_tags(STRIPPED)
    body = tree.body
    expected = body.text() if body is not None else ""
    assert "".join(outline(page).text.split()) == "".join(expected.split())


@slow
@given(soup((*NAMES, "plaintext")))
def test_blocks_and_elements_of_any_soup_nest(page: str) -> None:
    of = outline(page)
    assert nested(of)
    assert all(text == " ".join(text.split()) for text in texts(of))
