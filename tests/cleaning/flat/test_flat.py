# ruff: noqa: E501 -- sample texts and tables read best whole
"""Flattened pages: body, header, and why a line is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.credits import credit_in, trailing_credit
from streams.cleaning.flat import MAX_LINES, read_flat
from streams.cleaning.flat.header import Known, names_in, read_header, title_line
from streams.cleaning.flat.lexicon import fold, furniture
from streams.cleaning.flat.lines import Line, read_lines
from streams.cleaning.flat.shapes import shapes
from streams.cleaning.text import normalise
from streams.vocabulary import Completeness
from streams.vocabulary import RemovedReason as Reason
from tests.cleaning.samples import PARAGRAPHS

MENU = "\n".join(
    [
        "Home",
        "World",
        "Politics",
        "Business",
        "Sport",
        "Culture",
        "Weather",
        "Archive",
        "Contact",
        "Shop",
        "Jobs",
    ]
)
BODY = "\n\n".join(PARAGRAPHS)


def line_of(text: str) -> Line:
    (line,) = read_lines(text, shapes(text))
    return line


def test_menus_around_the_body_are_cut_in_any_language() -> None:
    menu = "\n".join(["Startseite", "Politik", "Wirtschaft", "Kultur", "Wetter", "Reise", "Auto", "Wissen"])
    flat = read_flat(f"{menu}\n\n{BODY}\n\n{menu}\nImpressum", Known())
    assert flat.paragraphs == PARAGRAPHS
    assert {line.reason for line in flat.removed} <= {Reason.ABOVE_BODY, Reason.BELOW_BODY, Reason.SECTION}


def test_furniture_within_the_body_is_cut_and_named() -> None:
    inserted = "\n\n".join(
        [*PARAGRAPHS[:2], "Advertisement", "Read more: Bridge toll to rise", "(Photo: AP)", *PARAGRAPHS[2:]]
    )
    flat = read_flat(inserted, Known())
    assert flat.paragraphs == PARAGRAPHS
    assert [line.reason for line in flat.removed] == [Reason.PROMO, Reason.RELATED, Reason.CREDIT]
    assert flat.credits == ("AP",)


def test_lines_behind_the_limit_are_below_the_body() -> None:
    behind = ["Behind", "  two  words", PARAGRAPHS[0]]
    top = "\n".join([*PARAGRAPHS, *[","] * (MAX_LINES - len(PARAGRAPHS))])
    flat = read_flat("\n\n".join([top, *behind]), Known())
    assert flat.paragraphs == PARAGRAPHS
    assert [(line.text, line.reason) for line in flat.removed[-4:]] == [
        (",", Reason.NO_TEXT),
        ("Behind", Reason.BELOW_BODY),
        ("two words", Reason.BELOW_BODY),
        (PARAGRAPHS[0], Reason.BELOW_BODY),
    ]
    assert len(flat.removed) == MAX_LINES - len(PARAGRAPHS) + len(behind)


def test_blank_lines_do_not_count_against_the_limit() -> None:
    blank = "\n" * (MAX_LINES // len(PARAGRAPHS))
    assert read_flat(blank.join(["", *PARAGRAPHS]), Known()).paragraphs == PARAGRAPHS


def test_a_subhead_within_the_body_stays() -> None:
    text = "\n\n".join([*PARAGRAPHS[:2], "Eleven winters", *PARAGRAPHS[2:]])
    assert "Eleven winters" in read_flat(f"{MENU}\n\n{text}", Known()).paragraphs


def test_a_repeated_paragraph_comes_once_and_repeated_names_stay() -> None:
    lines = [*PARAGRAPHS, "ida marlow", PARAGRAPHS[2], "Yes.", "ida marlow", f"Then {PARAGRAPHS[0]}", "Yes."]
    flat = read_flat("\n\n".join(lines), Known())
    assert flat.paragraphs.count(PARAGRAPHS[2]) == 1
    assert flat.paragraphs.count("ida marlow") == flat.paragraphs.count("Yes.") == 2
    assert [line.reason for line in flat.removed] == [Reason.REPEATED]


def test_a_long_line_with_a_quotation_is_never_dropped_for_its_words() -> None:
    line = "“Sign up for our newsletter to get the latest,” the minister read aloud, and the whole chamber laughed at it."
    assert furniture(fold(line)) is not None
    assert line_of(line).reason is None


@pytest.mark.parametrize(
    "wall",
    [
        "Sign up to read this article",
        "Subscribe to continue reading",
        "To continue reading this article, log in",
    ],
)
def test_a_wall_below_the_body_makes_it_partial(wall: str) -> None:
    assert read_flat(f"{MENU}\n\n{BODY}\n\n{wall}", Known()).completeness is Completeness.PARTIAL


def test_a_newsletter_box_is_no_wall() -> None:
    assert (
        read_flat(f"{MENU}\n\n{BODY}\n\nSign up for our newsletter", Known()).completeness
        is Completeness.FULL
    )


def test_the_header_is_read_from_labels_byline_and_date() -> None:
    head = f"{MENU}\nSport\nRowers win the harbour cup\nBy Ann Example and Bo Sample\n20 November 2026, 18:30"
    header = read_flat(f"{head}\n\n{BODY}", Known()).header
    assert (header.headline, header.section) == ("Rowers win the harbour cup", "Sport")
    assert header.authors == ("Ann Example", "Bo Sample")
    assert str(header.published) == "2026-11-20T18:30:00Z"


def test_the_url_tells_the_headline_from_other_titles() -> None:
    head = f"{MENU}\nFerry returns to the river\nBridge toll to rise in spring again"
    header = read_flat(f"{head}\n\n{BODY}", Known(slug=frozenset({"ferry", "returns", "river"}))).header
    assert header.headline == "Ferry returns to the river"


def test_where_a_page_stands_is_not_its_headline() -> None:
    head = f"{MENU}\nHome » News » Ferry returns to the river\nFerry returns to the river"
    known = Known(slug=frozenset({"ferry", "returns", "river"}))
    assert read_flat(f"{head}\n\n{BODY}", known).header.headline == "Ferry returns to the river"


def test_a_headline_of_two_words_is_known_by_its_url() -> None:
    known = Known(slug=frozenset({"river", "ferry"}))
    assert read_flat(f"{MENU}\nRiver ferry\n\n{BODY}", known).header.headline == "River ferry"


def test_the_date_of_publication_comes_before_that_of_an_update() -> None:
    head = f"{MENU}\nFerry returns to the river\nUpdated 22 November 2026\nPublished 20 November 2026"
    known = Known(slug=frozenset({"ferry", "returns", "river"}))
    assert str(read_flat(f"{head}\n\n{BODY}", known).header.published) == "2026-11-20T00:00:00Z"


def test_a_date_beside_a_name_is_read_and_one_of_a_copyright_is_not() -> None:
    head = f"{MENU}\nFerry returns to the river\nAnn Example • November 20, 2026\n© May 1, 2020 Harbour Post"
    header = read_flat(f"{head}\n\n{BODY}", Known(slug=frozenset({"ferry", "returns", "river"}))).header
    assert (header.authors, str(header.published)) == (("Ann Example",), "2026-11-20T00:00:00Z")


@pytest.mark.parametrize(
    ("beside", "authors"), [("20 November 2026", ("Ann Example",)), ("Close Window", ())]
)
def test_two_capitalised_words_are_an_author_beside_a_date_only(
    beside: str, authors: tuple[str, ...]
) -> None:
    """Menus are full of words that look like names."""
    head = f"{MENU}\nFerry returns to the river\nAnn Example\n{beside}"
    header = read_flat(f"{head}\n\n{BODY}", Known(slug=frozenset({"ferry", "returns", "river"}))).header
    assert header.authors == authors


def test_the_producers_headline_finds_its_line() -> None:
    known = Known(headline="A headline", authors=("ann example",))
    flat = read_flat(f"{MENU}\nA headline\nAnn Example\n\n{BODY}", known)
    reasons = {line.text: line.reason for line in flat.removed}
    assert (reasons["A headline"], reasons["Ann Example"]) == (Reason.HEADLINE, Reason.BYLINE)


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("(Picture: AFP via Getty Images)", "AFP via Getty Images"),
        ("(REUTERS)", "REUTERS"),
        ("Photo by Jane Doe / Getty Images", "Jane Doe / Getty Images"),
        ("Image credit: Jane Doe", "Jane Doe"),
        ("© Jane Doe", "Jane Doe"),
        ("Foto: Jana Muster/dpa", "Jana Muster/dpa"),
        ("Reuters reported that the ferry had left.", None),
        (
            "The picture: a ferry, a river and two hundred people who waited for hours in the rain to cross it",
            None,
        ),
        ("AP", "AP"),
        ("iStockphoto", "iStockphoto"),
        ("[Jane Doe/USA TODAY Sports]", "Jane Doe/USA TODAY Sports"),
    ],
)
def test_credit_lines_name_who_is_credited(line: str, who: str | None) -> None:
    assert credit_in(line) == who


def test_a_caption_ends_in_its_credit() -> None:
    assert trailing_credit("The ferry on Friday. (Jane Doe/Reuters)") == "Jane Doe/Reuters"
    assert trailing_credit("He told the agency (in March) that it was over.") is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("20 November 2026", Reason.DATE),
        ("Updated: 2 hours ago", Reason.DATE),
        ("4 min read", Reason.DATE),
        ("* * *", Reason.NO_TEXT),
        ("Share on Facebook", Reason.SHARE),
        ("Facebook Twitter WhatsApp", Reason.SHARE),
        ("12 Comments", Reason.COMMENTS),
        ("© 2026 Harbour Post. All rights reserved.", Reason.LEGAL),
        ("Please enable JavaScript to view this page.", Reason.SCRIPT),
        ("Most read", Reason.RELATED),
        ("Skip to main content", Reason.NAVIGATION),
        ("Share prices fell after the vote on the harbour bridge.", None),
        ("The 20 November 2026 vote changed the council's mind on the bridge.", None),
        ("Related costs rose by a third, the council said.", None),
    ],
)
def test_short_lines_are_furniture_by_their_words(line: str, reason: Reason | None) -> None:
    assert line_of(line).reason is reason


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ann Example", ("Ann Example",)),
        ("By Ann Example and Bo Sample | 20 November", ("Ann Example", "Bo Sample")),
        ("Von Jan van der Muster", ("Jan van der Muster",)),
        ("20 November 2026 By Ann Example", ("Ann Example",)),
        ("Ann Example • November 20, 2026", ("Ann Example",)),
        ("Ann Example on Nov. 20, 2026", ("Ann Example",)),
        ("Published August 7, 2026 by Ann Example", ("Ann Example",)),
        ("Ann Example • Harbour bridge", ()),
        ("By the river", ()),
        ("What the council decided", ()),
    ],
)
def test_bylines_give_names(line: str, names: tuple[str, ...]) -> None:
    assert names_in(line) == names


@pytest.mark.parametrize(
    "unit",
    ["A ", "A/", "AP/", "Photo by ", "share ", "(", "By A, ", "more on ", "to continue reading ", "1:00 "],
)
def test_rules_stay_linear_on_hostile_lines(unit: str) -> None:
    """A pattern that backtracks would run into the time limit of the test."""
    read_flat("\n".join([unit * (158 // len(unit)) + "!"] * 3_000), Known())


lines = st.sampled_from(
    [*PARAGRAPHS, *MENU.split("\n"), "By Ann Example", "(AP)", "20 November 2026", "Sign up", ""]
)


@given(st.lists(lines | st.text(max_size=30), max_size=40).map("\n".join).map(normalise))
def test_no_line_is_lost_and_none_invented(text: str) -> None:
    flat = read_flat(text, Known())
    kept = sorted([*flat.paragraphs, *(line.text for line in flat.removed)])
    assert " ".join(sorted(" ".join(kept).split())) == " ".join(sorted(text.split()))


@pytest.mark.parametrize(
    "sentence",
    [
        "Photo: that single word on the back of the frame was the only clue they had.",
        "Source: a man who asked not to be named told the court that it was paid in cash.",
    ],
)
def test_a_sentence_behind_a_colon_is_no_credit(sentence: str) -> None:
    assert credit_in(sentence) is None


def test_a_headline_that_is_repeated_below_the_body_does_not_hide_the_one_above() -> None:
    """There it stands in another place than the line most like the headline, which is a teaser's."""
    above, below = "Ferry returns to the northern isles", "Ferry back at last"
    text = "\n".join([above, *PARAGRAPHS, below])
    lines = read_lines(text, shapes(text))
    known = Known(headline=below, slug=frozenset({"ferry", "returns", "northern", "isles"}))
    title = title_line(lines, known)
    assert lines[title].text == below
    header = read_header(lines, 1, known, title)
    assert header.headline == above
