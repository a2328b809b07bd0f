"""When the articles of letters were received, which stays so; and whose letters therefore must be left.

A letter of what de-duplication remembers does no harm: where a newer text came, or a removal, it is known and
nothing follows. Of anything older nobody knows, so it is sent back only where a person says so.
"""

from collections.abc import Sequence
from dataclasses import replace

from streams.contract import RAW
from streams.dedup.fingerprint import milliseconds
from streams.shell import headers
from streams.shell.redrive.letters import Letter, Unusable
from streams.shell.sent_back import First, Found, Place, first_place, firsts, place_of, repeats
from streams.shell.settings import Settings
from streams.shell.topics import topic_name

OLD = Unusable(
    "received before what de-duplication remembers (96 h): a newer text, or a removal, may have come since. "
    "--forgotten sends them all the same"
)
GONE = Unusable(
    "its raw record is gone, so nobody knows when it was received: a newer text, or a removal, may have come "
    "since. --forgotten sends them all the same"
)


async def dated(settings: Settings, letters: Sequence[Letter], oldest: int | None) -> list[Letter | Unusable]:
    """The letters, those of raw articles with the record that they were first; or why one is to be left.

    `oldest`: what was received since then, in ms, is remembered; None: send what is older as well, and
    a raw article whose record is gone as if it were received now.
    """
    raw = topic_name(settings, RAW)
    named = [places_of(settings, one) if one.message.topic == raw else None for one in letters]
    asked = {place for places in named for place in places or ()}
    found = await firsts(settings, asked) if asked else {}
    judged: list[Letter | Unusable] = []
    for letter, places in zip(letters, named, strict=True):
        if places is None:
            at_ms = _received_ms(letter)
            judged.append(letter if oldest is None or at_ms >= oldest else OLD)
        elif (first := first_known(letter, places, found)) is None:
            judged.append(_with(letter, None) if oldest is None else GONE)
        elif oldest is None or first[1].timestamp >= oldest:
            judged.append(_with(letter, first[0]))
        else:
            judged.append(OLD)
    return judged


def places_of(settings: Settings, letter: Letter) -> list[Place]:
    """Where the article may have been first: as an earlier redrive says, or whoever wrote the record; then
    where the record of the letter lay.
    """
    topic = letter.message.topic
    named = first_place(settings, letter.message.headers), place_of(letter.source, topic)
    return [place for place in named if place is not None]


def first_known(letter: Letter, places: Sequence[Place], found: Found) -> tuple[Place, First] | None:
    """The first of these places that holds the letter's key and value. None where one before it has expired:
    it may have been what an earlier redrive named, and what came later has a later time.
    """
    for place in places:
        first = found.get(place)
        if first is not None and repeats(letter.message.origin, first):
            return place, first
        if first is None and place in found:
            return None
    return None


def _with(letter: Letter, first: Place | None) -> Letter:
    listed = [(name, value) for name, value in letter.message.headers if name != headers.FIRST]
    if first is not None:
        partition, offset = first
        listed.append((headers.FIRST, f"{letter.message.topic}/{partition}/{offset}".encode()))
    return replace(letter, message=letter.message._replace(headers=listed))


def _received_ms(letter: Letter) -> int:
    """Of a cleaned or tagged article: as its header says, else when the letter was written."""
    given = next((value for name, value in letter.message.headers if name == headers.TIME), None)
    try:
        return milliseconds((given or b"").decode())
    except ValueError:
        return int(letter.message.origin.timestamp)
