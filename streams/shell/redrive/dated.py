"""When the articles of letters were received, which stays so; and whose letters therefore must be left.

A letter of what de-duplication remembers does no harm: where a newer text came, or a removal, it is known and
nothing follows. Of anything older nobody knows, so it is sent back only where a person says so.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from streams.contract import RAW
from streams.dedup.fingerprint import milliseconds
from streams.shell import headers
from streams.shell.redrive.letters import Letter, Unusable
from streams.shell.sent_back import Place, first_place, firsts, place_of, repeats
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
    named = {letter: _place(settings, letter) for letter in letters if letter.message.topic == raw}
    found = await firsts(settings, {place for place in named.values() if place}) if named else {}
    judged: list[Letter | Unusable] = []
    for letter in letters:
        if letter not in named:
            at_ms = _received_ms(letter)
            judged.append(letter if oldest is None or at_ms >= oldest else OLD)
            continue
        place = named[letter]
        first: Any = found.get(place) if place else None
        if not repeats(letter.message.origin, first):
            judged.append(_with(letter, None) if oldest is None else GONE)
        elif oldest is None or first.timestamp >= oldest:
            judged.append(_with(letter, headers.place_of(first)))
        else:
            judged.append(OLD)
    return judged


def _place(settings: Settings, letter: Letter) -> Place | None:
    """Where the article was first: as an earlier redrive says, else where the record of the letter lay."""
    return first_place(settings, letter.message.headers) or place_of(letter.source, letter.message.topic)


def _with(letter: Letter, first: str | None) -> Letter:
    listed = [(name, value) for name, value in letter.message.headers if name != headers.FIRST]
    if first is not None:
        listed.append((headers.FIRST, first.encode()))
    return replace(letter, message=replace(letter.message, headers=listed))


def _received_ms(letter: Letter) -> int:
    """Of a cleaned or tagged article: as its header says, else when the letter was written."""
    given = next((value for name, value in letter.message.headers if name == headers.TIME), None)
    try:
        return milliseconds((given or b"").decode())
    except ValueError:
        return int(letter.message.origin.timestamp)
