"""The knowledge pack as a file: mapped, handed to stage processes, put in its place whole.

A worker opens the file once and hands the open file itself to every stage process, also to those it starts
later: all map the same bytes, whatever the path names by then. A new pack put in place by renaming, as
`copydesk knowledge build` does, counts from the next start. The one thing to avoid is writing into a pack
that is in use (`cp` over it): its readers would see it change, and die where it became shorter.
"""

import mmap
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings
from streams.tagging.knowledge import Knowledge, PackError, read_pack


class OpenPack:
    """A verified pack, held open; may be handed to processes that are being started."""

    def __init__(self, descriptor: int, version: str) -> None:
        self._descriptor, self.version = descriptor, version

    def read(self, *, verify: bool = False) -> Knowledge:
        """The pack, mapped into this process. Raises PackError where it is not what was verified."""
        knowledge = read_pack(_mapped(self._descriptor), verify=verify)
        if knowledge.version != self.version:
            raise PackError(f"version {knowledge.version} was written into version {self.version}")
        return knowledge

    def close(self) -> None:
        """The mappings stay."""
        with suppress(OSError):
            os.close(self._descriptor)


def knowledge_of(settings: Settings) -> OpenPack | None:
    """The pack that the settings want, verified. Raises Fatal(SETTINGS) where the file is none."""
    path = settings.knowledge
    if not path:
        return None
    pack, why = _opened(path)
    if pack is None:
        raise Fatal(Exit.SETTINGS, f"COPYDESK_KNOWLEDGE={path}: {why}")
    return pack


def knowledge_in(path: str) -> Knowledge:
    """The pack in a file, verified. Raises Fatal(NO_INPUT) where the file is none."""
    pack, why = _opened(path)
    if pack is None:
        raise Fatal(Exit.NO_INPUT, f"{path}: {why}")
    knowledge = pack.read()
    pack.close()
    return knowledge


def put(path: str, pieces: Iterable[bytes]) -> int:
    """Writes a file that is in its place only when it is whole and on the disk; gives its bytes.

    Raises Fatal(CANNOT_WRITE); then whatever was there before still is.
    """
    target = Path(path).resolve()
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        try:
            with part.open("wb") as file:
                size = sum(file.write(piece) for piece in pieces)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
            folder = os.open(target.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Fatal(Exit.CANNOT_WRITE, f"{path}: {error.strerror or error}") from None
    return size


def _opened(path: str) -> tuple[OpenPack | None, str]:
    descriptor = -1
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        return OpenPack(descriptor, read_pack(_mapped(descriptor), verify=True).version), ""
    except OSError as error:
        why = error.strerror or str(error)
    except PackError as error:
        why = str(error)
    if descriptor >= 0:
        os.close(descriptor)
    return None, why


def _mapped(descriptor: int) -> memoryview:
    """The file's bytes, read when they are touched and shared by all who map them."""
    size = os.fstat(descriptor).st_size
    if size == 0:
        raise PackError("an empty file, or none that can be mapped")
    return memoryview(mmap.mmap(descriptor, size, access=mmap.ACCESS_READ))
