"""Taking out what a publisher repeats: which lines go, which stay, and what a snapshot file may be."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning import CLEANER_VERSION, clean
from streams.cleaning.furniture import (
    MAX_SHARE,
    NO_FURNITURE,
    Furniture,
    FurnitureLine,
    Place,
    SnapshotError,
    list_snapshot,
    read_snapshot,
    write_snapshot,
)
from streams.cleaning.text import word_count
from streams.events import Removed
from streams.vocabulary import RemovedReason
from tests.cleaning.samples import PAGE, PARAGRAPHS, cleaned, raw

DOMAIN = "harbour-post.example"
STANDING = "The Harbour Post is printed on the quay every morning but Sunday."
LABEL = "What happens next"
PROSE = tuple(
    f"In the {number}th hour of the debate the council spoke of the bridge, the ferry and what both may cost."
    for number in range(20)
)


def line(text: str, cut: Place = Place.EDGE, domain: str = DOMAIN) -> FurnitureLine:
    return FurnitureLine(domain=domain, cut=cut, articles=12, of=40, days=6, text=text)


def furniture(*lines: FurnitureLine) -> Furniture:
    return read_snapshot(write_snapshot(lines))


def cut_from(known: Furniture, *paragraphs: str, domain: str | None = DOMAIN) -> tuple[str, ...]:
    kept, cut = known.strip(domain, paragraphs)
    assert sorted((*kept, *cut)) == sorted(paragraphs)
    return cut


@pytest.mark.parametrize("at", [0, 2, 16, 20])
def test_a_line_of_the_snapshot_is_cut_at_head_and_foot(at: int) -> None:
    page = [*PROSE]
    page.insert(at, STANDING)
    assert furniture(line(STANDING)).strip(DOMAIN, tuple(page)) == (PROSE, (STANDING,))


def test_only_a_line_seen_anywhere_is_cut_in_the_middle() -> None:
    page = (*PROSE[:10], STANDING, *PROSE[10:])
    assert cut_from(furniture(line(STANDING)), *page) == ()
    assert cut_from(furniture(line(STANDING, Place.BODY)), *page) == (STANDING,)


def test_a_subhead_stays_between_its_paragraphs_unless_nearly_every_article_has_it() -> None:
    page = (PROSE[0], LABEL, *PROSE[1:])
    for cut in (Place.EDGE, Place.BODY):
        assert cut_from(furniture(line(LABEL, cut)), *page) == ()
        assert cut_from(furniture(line(LABEL, cut)), *PROSE, LABEL) == (LABEL,)
    assert cut_from(furniture(line(LABEL, Place.LABEL)), *page) == (LABEL,)


def test_other_publishers_lines_are_not_touched() -> None:
    known = furniture(line(STANDING), line("Another line of this publisher.", domain="gazette.example"))
    assert cut_from(known, *PROSE, STANDING, domain="gazette.example") == ()
    assert cut_from(known, *PROSE, STANDING, domain="nowhere.example") == ()
    assert cut_from(known, *PROSE, STANDING, domain=None) == ()


def test_case_white_space_and_composition_do_not_tell_lines_apart_but_numbers_do() -> None:
    known = furniture(line("Café Quay: 3 tables"))
    assert cut_from(known, *PROSE, "CAFE\u0301  QUAY: 3 tables") == ("CAFE\u0301  QUAY: 3 tables",)
    assert cut_from(known, *PROSE, "Café Quay: 4 tables") == ()
    assert cut_from(known, *PROSE, "“Café Quay: 3 tables”") == ()


def test_what_would_cost_more_than_its_share_of_the_words_removes_nothing() -> None:
    known = furniture(line("one two three"), line("four five six seven"))
    news = "a b c d e f g"
    assert cut_from(known, news, "one two three") == ("one two three",)  # 3 of 10 words
    assert cut_from(known, news, "four five six seven") == ()  # 4 of 11
    assert cut_from(known, "four five six seven") == ()


def test_furniture_behind_furniture_is_at_the_foot_as_well() -> None:
    lines = [f"This is standing line number {i}." for i in range(9)]
    assert cut_from(furniture(*map(line, lines)), *PROSE, *lines) == tuple(lines)


def test_a_body_of_furniture_without_end_is_left_alone() -> None:
    """The work stays linear: head and foot are cut so many times, not thousands of times."""
    page = (*PROSE * 400, *(STANDING,) * 1000)
    assert cut_from(furniture(line(STANDING)), *page) == ()


POOL = [*PROSE[:3], STANDING, LABEL, "Read our rules.", "a b c d e f", "Über uns", ""]
BODIES = st.lists(st.sampled_from(POOL) | st.text(max_size=30), max_size=25).map(tuple)
KNOWN = st.lists(st.builds(line, st.sampled_from(POOL), st.sampled_from(Place)), max_size=8).map(
    lambda lines: furniture(*lines)
)


@given(KNOWN, BODIES)
def test_cutting_keeps_the_order_and_the_share_and_cuts_no_more_the_second_time(
    known: Furniture, page: tuple[str, ...]
) -> None:
    kept, cut = known.strip(DOMAIN, page)
    rest = iter(page)
    assert all(paragraph in rest for paragraph in kept)
    assert sorted((*kept, *cut)) == sorted(page)
    assert sum(map(word_count, cut)) <= MAX_SHARE * sum(map(word_count, page))
    assert known.strip(DOMAIN, kept) == (kept, ())


@given(st.permutations([line(text, cut) for text in POOL for cut in Place]))
def test_a_snapshot_does_not_depend_on_the_order_of_its_lines(lines: list[FurnitureLine]) -> None:
    same = [line(text) for text in POOL]
    assert write_snapshot(sorted(same, key=lambda one: lines.index(one))) == write_snapshot(same)


def test_a_snapshot_is_listed_as_it_was_written() -> None:
    lines = [line(STANDING), line(LABEL, Place.LABEL, "a.example")]
    assert list_snapshot(write_snapshot(lines)) == lines[::-1]


def test_a_line_added_by_hand_needs_no_counts_and_a_line_taken_out_is_gone() -> None:
    rows = write_snapshot([line(STANDING), line(LABEL)]).splitlines()
    edited = [
        *(row for row in rows[:-1] if LABEL.encode() not in row),
        b'{"domain": "%s", "cut": "edge", "text": "Printed  on PAPER."}' % DOMAIN.encode(),
        rows[-1],
        b"",
    ]
    known = read_snapshot(b"\r\n".join(edited))
    assert cut_from(known, *PROSE, LABEL, "Printed on paper.") == ("Printed on paper.",)


def test_of_a_line_listed_twice_the_wider_cut_counts() -> None:
    known = furniture(line(STANDING, Place.BODY), line(STANDING.upper(), Place.EDGE))
    assert cut_from(known, *PROSE[:10], STANDING, *PROSE[10:]) == (STANDING,)


WHOLE = write_snapshot([line(STANDING), line(LABEL)])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "line 1: no format"),
        (b"not json\n", "line 1: "),
        (b"[]\n", "line 1: not a JSON object"),
        (WHOLE.replace(b"furniture/1", b"furniture/0"), "line 1: copydesk-furniture/0; this version reads"),
        (WHOLE[: WHOLE.rindex(b"\n", 0, -1)], "line 3 is not the end: the file was cut short"),
        (WHOLE[: WHOLE.rindex(b"\n", 0, -1) - 9], "line 3: "),
        (WHOLE + WHOLE.splitlines()[1], "line 4 is the end, but 1 lines follow"),
        (WHOLE.replace(b'"cut":"edge"', b'"cut":["edge"]', 1), "line 2: needs domain, text and cut"),
        (WHOLE.replace(b'"cut":"edge"', b'"cut":"foot"', 1), "line 2: needs domain, text and cut"),
        (WHOLE.replace(b'"text"', b'"line"', 1), "line 2: needs domain, text and cut"),
        (WHOLE.replace(b'"domain":"', b'"domain":"WWW.', 1), "line 2: domain WWW."),
        (WHOLE.replace(b'"text":"', b'"text":"' + b"x" * 300, 1), "line 2: text has more than 300"),
    ],
)
def test_a_broken_snapshot_is_refused_with_the_line_that_is_wrong(data: bytes, why: str) -> None:
    for read in (read_snapshot, list_snapshot):
        with pytest.raises(SnapshotError) as wrong:
            read(data)
        assert str(wrong.value).startswith(why)


@pytest.mark.parametrize("content_type", ["text/html", "text/plain"])
def test_cleaning_takes_it_out_of_pages_and_of_flattened_text(content_type: str) -> None:
    standing = "Every morning but Sunday the Harbour Post is printed on the quay of Oldhaven."
    content = "\n\n".join((*PARAGRAPHS, standing))
    if content_type == "text/html":
        content = PAGE.replace("</article>", f"<p>{standing}</p></article>")
    known = furniture(line(standing))
    before = cleaned(clean(raw(content, content_type=content_type)))
    after = cleaned(clean(raw(content, content_type=content_type), known))
    assert standing in before.text
    assert before.text == f"{after.text}\n\n{standing}"
    assert after.removed == (*before.removed, Removed(standing, RemovedReason.FURNITURE))
    assert after.content_hash == hashlib.blake2b(after.text.encode(), digest_size=16).hexdigest()
    assert before.provenance == {"clean": CLEANER_VERSION}
    assert after.provenance == {"clean": CLEANER_VERSION, "furniture": known.version}


def test_the_version_is_what_b2sum_prints_of_the_file() -> None:
    assert read_snapshot(WHOLE).version == hashlib.blake2b(WHOLE).hexdigest()[:16]


def test_without_a_snapshot_nothing_is_cut_and_nothing_is_said() -> None:
    assert NO_FURNITURE.strip(DOMAIN, PROSE) == (PROSE, ())
    assert NO_FURNITURE.provenance == {}
