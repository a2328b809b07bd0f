"""Writing events to files: JSONL, packed or not, standard output, a device."""

import gzip
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from streams.shell.exits import Exit, Fatal
from streams.shell.inputs import STANDARD
from streams.shell.terminal import json_line

GZIP_LEVEL = 6


class Lines(Protocol):
    """What lines are written to."""

    def write(self, line: bytes) -> None: ...


class Sink:
    """A file that takes lines. A write that fails raises Fatal(CANNOT_WRITE) naming the file."""

    def __init__(self, path: str, file: BinaryIO) -> None:
        self._path, self._file = path, file

    def write(self, line: bytes) -> None:
        with _telling(self._path):
            self._file.write(line + b"\n")


class Shown(Sink):
    """A terminal: lines of JSON that do not command it. Files and pipes have the bytes as they are."""

    def write(self, line: bytes) -> None:
        super().write(json_line(line))


@contextmanager
def written(path: str) -> Iterator[Sink]:
    """A file to write to (.gz by name, - for standard output), in its place only when it is whole."""
    if path == STANDARD:
        yield (Shown if sys.stdout.isatty() else Sink)("standard output", sys.stdout.buffer)
        with _telling("standard output"):
            sys.stdout.buffer.flush()
        return
    target = Path(path).resolve()
    device = target.exists() and not target.is_file()  # takes bytes as they come
    part = target if device else target.with_name(f"{target.name}.{os.getpid()}.part")
    with _telling(path):
        plain = part.open("wb")
    packs = path.endswith(".gz") and not device
    try:
        file = gzip.GzipFile("", "wb", GZIP_LEVEL, plain, mtime=0) if packs else plain
        yield Sink(path, cast(BinaryIO, file))
        with _telling(path):
            if packs:
                file.close()
            plain.close()
            if not device:
                part.replace(target)
    finally:
        with suppress(OSError):
            plain.close()
        if not device:
            part.unlink(missing_ok=True)


def refuse_same(*paths: str | None) -> None:
    """Raises Fatal(USAGE) where two of the paths are one file: it would be lost."""
    files = [Path(path).resolve() for path in paths if path not in (None, STANDARD)]
    regular = [file for file in files if file.is_file() or not file.exists()]
    if len(set(regular)) < len(regular):
        raise Fatal(Exit.USAGE, "INPUT, OUTPUT and --rejects must be different files")


@contextmanager
def _telling(path: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read our output has had enough: click ends us in silence
    except OSError as error:
        raise Fatal(Exit.CANNOT_WRITE, f"{path}: {error.strerror or error}") from None
