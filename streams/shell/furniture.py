"""The snapshot of what publishers repeat, as a file. A file that is none is one clear line to a person."""

from pathlib import Path

from streams.cleaning.furniture import NO_FURNITURE, Furniture, FurnitureLine, SnapshotError
from streams.cleaning.furniture import list_snapshot as listed
from streams.cleaning.furniture import read_snapshot as read
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings


def furniture_of(settings: Settings) -> Furniture:
    """What the settings want cleaning to take out. Raises Fatal(SETTINGS) where the file is no snapshot."""
    path = settings.furniture
    if not path:
        return NO_FURNITURE
    try:
        return read(Path(path).read_bytes())
    except OSError as error:
        why = error.strerror or str(error)
    except SnapshotError as error:
        why = str(error)
    raise Fatal(Exit.SETTINGS, f"COPYDESK_FURNITURE={path}: {why}")


def furniture_in(path: str) -> tuple[str, list[FurnitureLine]]:
    """A snapshot's version and lines. Raises Fatal(NO_INPUT) where the file is no snapshot."""
    try:
        data = Path(path).read_bytes()
        return read(data).version, listed(data)
    except OSError as error:
        why = error.strerror or str(error)
    except SnapshotError as error:
        why = str(error)
    raise Fatal(Exit.NO_INPUT, f"{path}: {why}")
