"""Reading articles from files: JSONL, packed or not, standard input, a plain page or text."""

import gzip
import sys
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

import orjson

from streams.contract import MAX_EVENT_BYTES
from streams.shell.exits import Exit, Fatal

STANDARD = "-"
PAGES = {".html": "text/html", ".htm": "text/html", ".txt": "text/plain"}
LOCAL_SITE = "https://local.invalid/"
# A longer line is no event of ours: of it so much is kept to be refused with a reason.
LINE_BYTES = MAX_EVENT_BYTES + 1


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a file, with the number of its line; `done` bytes of the file were read by then."""

    number: int
    value: bytes
    done: int


def is_page(path: str) -> bool:
    return Path(path).suffix.lower() in PAGES


def page_event(path: str, url: str | None) -> bytes:
    """A plain .html or .txt file as one raw event. Raises Fatal(NO_INPUT) where it cannot be read."""
    from streams.cleaning.decode import decode_page

    file = Path(path)
    kind = PAGES[file.suffix.lower()]
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Fatal(Exit.NO_INPUT, f"{path}: {error.strerror}") from None
    text = decode_page(data, None)
    if text is None:
        raise Fatal(Exit.NO_INPUT, f"{path}: neither UTF-8 nor any character set that it names or resembles")
    address = url or LOCAL_SITE + quote(file.name)
    return orjson.dumps({"url": address, "content_type": kind, "content": text})


@contextmanager
def events(path: str, url: str | None = None) -> Iterator[tuple[Iterator[Line], int | None]]:
    """What `opened` gives, or the one event that a plain page is."""
    if is_page(path):
        yield iter([Line(1, page_event(path, url), 0)]), None
        return
    with opened(path) as lines:
        yield lines


@contextmanager
def opened(path: str) -> Iterator[tuple[Iterator[Line], int | None]]:
    """The lines of a file (.gz by name, - for standard input) and its size in bytes where that is known.

    Empty lines are passed over. Raises Fatal(NO_INPUT) where the file cannot be read.
    """
    if path == STANDARD:
        yield _lines(sys.stdin.buffer, sys.stdin.buffer, path), None
        return
    try:
        plain = Path(path).open("rb")  # noqa: SIM115 - closed below; what the reader does is no fault of the file
    except OSError as error:
        raise Fatal(Exit.NO_INPUT, f"{path}: {error.strerror or error}") from None
    with plain:
        size = Path(path).stat().st_size
        if path.endswith(".gz"):
            with gzip.open(plain) as unpacked:
                yield _lines(cast(BinaryIO, unpacked), plain, path), size
        else:
            yield _lines(plain, plain, path), size


def _lines(file: BinaryIO, plain: BinaryIO, path: str) -> Iterator[Line]:
    number = 0
    seekable = plain.seekable()
    while True:
        try:
            value = file.readline(LINE_BYTES)
            rest = value
            while rest and len(rest) == LINE_BYTES and not rest.endswith(b"\n"):
                rest = file.readline(LINE_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            raise Fatal(Exit.NO_INPUT, f"{path}, after line {number}: {error}") from None
        if not value:
            return
        number += 1
        value = (value.removeprefix(BOM_UTF8) if number == 1 else value).strip()
        if value:
            yield Line(number, value, plain.tell() if seekable else 0)
