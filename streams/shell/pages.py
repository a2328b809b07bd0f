"""One page that a person names on the command line: its bytes, its text, and the raw event that it is."""

import os
import sys
from pathlib import Path
from urllib.parse import quote

import click

from streams.shell.exits import Exit, Fatal

TYPES = {"html": "text/html", "text": "text/plain"}
# An article has at most 4 MB of UTF-8 (streams.cleaning.guard), which are up to 8 MB of UTF-16.
MAX_FILE_BYTES = 8_000_000


def check_address(url: str | None) -> None:
    """Raises BadParameter where what was given with --url is no address."""
    if url is not None and not url.lower().startswith(("http://", "https://")):
        raise click.BadParameter(f"{url} is no http(s) address", param_hint="--url")


def read_page(page: str, most: int = MAX_FILE_BYTES) -> bytes:
    """The bytes of a file, - for standard input. Raises Fatal where there are none, or more than `most`."""
    from streams.shell.inputs import STANDARD

    try:
        if page == STANDARD:
            data = sys.stdin.buffer.read(most + 1)
        else:
            with Path(page).open("rb") as file:
                data = file.read(most + 1)
    except OSError as error:
        raise Fatal(Exit.NO_INPUT, f"{page}: {error.strerror or error}") from None
    if not data:
        raise Fatal(Exit.NO_INPUT, f"{page}: empty")
    if len(data) > most:
        raise Fatal(Exit.REFUSED, f"{page}: too large, more than {most:,} bytes")
    return data


def content_of(page: str, data: bytes) -> str:
    """The text of a page's bytes, in whatever character set. Raises Fatal(NO_INPUT) where it is none."""
    from streams.cleaning.decode import decode_page

    text = decode_page(data)
    if text is None:
        raise Fatal(Exit.NO_INPUT, f"{page}: neither UTF-8 nor any character set that it names or resembles")
    return text


def page_event(page: str, content: str, url: str | None, kind: str | None) -> dict[str, str]:
    """A raw event's fields; `kind` is one of TYPES. Without `url` the file's name makes one."""
    event = {"url": url or _address(page), "content": content}
    if kind is not None:
        event["content_type"] = TYPES[kind]
    return event


def _address(page: str) -> str:
    from streams.shell.inputs import LOCAL_SITE, STANDARD

    return LOCAL_SITE + ("page" if page == STANDARD else quote(os.fsencode(Path(page).name)))
