"""Knowledge packs: what is written is read again, and nothing that is broken or hostile is believed."""

from hashlib import blake2b

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import Ids
from streams.tagging.knowledge import DIGEST, HEADER, MARK, SECTIONS, PackError, aligned, read_pack
from streams.tagging.packing import LineError, Packing
from streams.tagging.phrasebook import LONGEST, match, rows_of, words_of
from streams.vocabulary import EntityType
from tests.tagging.packs import pack_bytes, pack_of, person

NAME = st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8), min_size=1, max_size=4)
NAMES = st.lists(NAME.map(" ".join), min_size=1, max_size=12)
PACK = pack_bytes(
    person("a", "John Smith", "Smith", prior=3, about=["cricket"]),
    person("b", "John Smith", ids={"wikidata": "Q2"}),
)


@pytest.fixture(scope="module", autouse=True)
def _kernels_compiled() -> None:
    known = read_pack(memoryview(PACK), verify=True)
    known.rows_named(["John"])
    match(known.book, words_of(["John"]).keys, overlapping=True)


def resealed(data: bytes) -> bytes:
    """The bytes with the hash that is right for them: a hostile pack, not a damaged one."""
    begun = len(MARK) + DIGEST
    return MARK + blake2b(data[begun:], digest_size=DIGEST).digest() + data[begun:]


def places() -> dict[str, tuple[int, int]]:
    """Where each section of PACK begins and ends."""
    _mark, _digest, *lengths = HEADER.unpack_from(PACK)
    at, found = aligned(HEADER.size), {}
    for (name, kind), length in zip(SECTIONS.items(), lengths, strict=True):
        found[name] = (at, at + length * np.dtype(kind).itemsize)
        at = aligned(found[name][1])
    return found


@given(NAMES)
def test_every_name_of_a_pack_is_found_in_a_text_that_has_it_as_whole_words(names: list[str]) -> None:
    known = pack_of(*(person(f"p{i}", name) for i, name in enumerate(names)))
    for row, name in enumerate(names):
        keys = words_of([f"It was ( {name} )."]).keys
        found = [rows_of(known.book, hit[2]).tolist() for hit in match(known.book, keys, overlapping=True)]
        assert any(row in rows for rows in found)
        assert row in known.rows_named([name])[0]


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=8), min_size=1, max_size=12))
def test_nothing_is_found_inside_a_longer_word(names: list[str]) -> None:
    known = pack_of(*(person(f"p{i}", name) for i, name in enumerate(names)))
    keys = words_of([" ".join(f"Wxq{name} {name}wxq Wxq{name}wxq" for name in names)]).keys
    assert len(match(known.book, keys, overlapping=True)) == 0


def test_an_entry_comes_back_as_it_was_given() -> None:
    entry = pack_of(
        {
            "id": "x",
            "type": "place",
            "names": ["Sankt  Gallen", "St. Gallen"],
            "prior": 2.5,
            "ids": {"geonames": "2658822", "iso3166": "CH-SG"},
            "unknown": 1,
        }
    ).entry(0)
    assert (entry.id, entry.type, entry.prior) == ("x", EntityType.PLACE, 2.5)
    assert entry.names == ("Sankt Gallen", "St. Gallen")
    assert entry.ids == Ids(geonames="2658822", iso3166="CH-SG")


@pytest.mark.parametrize(
    ("own", "ids", "expected"),
    [
        ("x", {"wikidata": "Q7", "geonames": "8"}, "wikidata:Q7"),
        ("x", {"geonames": "8"}, "geonames:8"),
        ("x", {}, "local:person:x"),
        ("local:person:x", {}, "local:person:x"),
        ("wikidata:Q9", {}, "wikidata:Q9"),
    ],
)
def test_an_entity_id_is_a_registrys_else_the_packs_own(own: str, ids: dict[str, str], expected: str) -> None:
    assert pack_of(person(own, "Somebody", ids=ids)).entry(0).entity_id == expected


def test_the_same_lines_give_the_same_bytes_and_other_lines_another_version() -> None:
    rows = [person("a", "One"), person("b", "Two")]
    assert pack_bytes(*rows) == pack_bytes(*rows)
    assert pack_of(*rows).version != pack_of(person("a", "One")).version


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"type": "person", "names": ["A"]}', "id null"),
        (b'{"id": "", "type": "person", "names": ["A"]}', 'id ""'),
        (b'{"id": "a b", "type": "person", "names": ["A"]}', "without white space"),
        (b'{"id": "a", "type": "human", "names": ["A"]}', "person, organisation, place, group, event"),
        (b'{"id": "a", "type": ["person"], "names": ["A"]}', "must be one of"),
        (b'{"id": "a", "type": "person", "names": []}', "at least one name"),
        (b'{"id": "a", "type": "person", "names": "A"}', "a list of at least one name"),
        (b'{"id": "a", "type": "person", "names": ["A", " "]}', 'name " "'),
        (b'{"id": "a", "type": "person", "names": ["A"], "prior": -1}', "prior -1"),
        (b'{"id": "a", "type": "person", "names": ["A"], "prior": true}', "prior true"),
        (b'{"id": "a", "type": "person", "names": ["A"], "prior": 1e39}', r"prior 1e\+39"),
        (b'{"id": "a", "type": "person", "names": ["A"], "ids": {"wikidata": "7"}}', "wikidata"),
        (b'{"id": "a", "type": "person", "names": ["A"], "ids": {"viaf": "7"}}', '"viaf" is no registry'),
        (b'{"id": "a", "type": "person", "names": ["A"], "ids": {"geonames": 7}}', "geonames 7"),
        (b'{"id": "a", "type": "person", "names": ["A"], "about": "x"}', "list of words or names"),
        (b'{"id": "a", "type": "person", "names": ["A"], "about": ["a b c d e"]}', "1 to 4 words"),
        (b'{"id": "first", "type": "person", "names": ["A"]}', "the id first stands in line 1 already"),
        (b'{"id": "a", "type": "person", "names": ["\\ud800"]}', "not JSON"),
    ],
)
def test_a_wrong_line_says_what_is_wrong_and_leaves_no_trace(line: bytes, why: str) -> None:
    packing = Packing()
    packing.add(orjson.dumps(person("first", "A")), 1)
    before = b"".join(packing.pack())
    with pytest.raises(LineError, match=why):
        packing.add(line, 2)
    assert b"".join(packing.pack()) == before


def test_names_that_are_too_long_are_left_out_and_told() -> None:
    packing = Packing()
    long = " ".join(["x"] * (LONGEST + 1))
    assert packing.add(orjson.dumps(person("a", "Short", long)), 1) == [long]
    assert packing.left_out == 1
    with pytest.raises(LineError, match="and there is no other"):
        packing.add(orjson.dumps(person("b", long)), 2)


@given(st.integers(0, len(PACK) - 1))
def test_a_pack_that_was_cut_short_is_refused(size: int) -> None:
    with pytest.raises(PackError):
        read_pack(memoryview(PACK[:size]), verify=False)


@given(st.integers(0, len(PACK) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(at: int, change: int) -> None:
    broken = bytearray(PACK)
    broken[at] ^= change
    with pytest.raises(PackError):
        read_pack(memoryview(broken), verify=True)


@given(st.data())
def test_a_hostile_pack_with_a_right_hash_is_refused_or_harmless(data: st.DataObject) -> None:
    broken = bytearray(PACK)
    for _change in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(len(MARK) + DIGEST, len(PACK) - 1))
        broken[at] = data.draw(st.integers(0, 255))
    try:
        known = read_pack(memoryview(resealed(bytes(broken))), verify=True)
    except PackError:
        return
    for rows in known.rows_named(["John Smith", "Smith", "Nobody"]):
        for row in rows:
            assert known.entry(row).names


@pytest.mark.parametrize(
    "section", ["values", "offsets", "rows", "types", "priors", "text_ends", "about_ends"]
)
def test_a_section_that_points_out_of_the_pack_is_named(section: str) -> None:
    start, end = places()[section]
    broken = bytearray(PACK)
    broken[start:end] = b"\xff" * (end - start)
    with pytest.raises(PackError, match="cannot be right"):
        read_pack(memoryview(resealed(bytes(broken))), verify=True)


def test_a_table_without_free_places_is_refused() -> None:
    start, end = places()["keys"]
    broken = bytearray(PACK)
    broken[start:end] = b"\x01" * (end - start)
    with pytest.raises(PackError, match="section table cannot be right"):
        read_pack(memoryview(resealed(bytes(broken))), verify=True)


@pytest.mark.parametrize("data", [b"", b"{}", b"copydesk-pack/0\n" + bytes(200), bytes(4096)])
def test_what_is_no_pack_is_refused(data: bytes) -> None:
    with pytest.raises(PackError, match="no knowledge pack"):
        read_pack(memoryview(data), verify=True)
