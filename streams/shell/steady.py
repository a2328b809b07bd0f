"""What stage processes need of their machine that a clock set anew and a full disk would take away."""

import tempfile
import time
from types import SimpleNamespace

from pebble.pool import base_pool, process

from streams.shell.exits import Exit, Fatal

# In memory, on every Linux; multiprocessing keeps its semaphores there already.
IN_MEMORY = "/dev/shm"  # noqa: S108 - only a socket in a folder that nobody else can read


def steady_pools() -> None:
    """Lets pebble's pools measure by the monotonic clock.

    pebble 5.2 measures tasks by time.time(): set forward, the clock ended articles that were just begun, and
    set back an hour it let one that hangs go on for an hour.
    """
    clock = SimpleNamespace(time=time.monotonic, sleep=time.sleep)
    for module in (process, base_pool):
        module.time = clock  # type: ignore[attr-defined]


def temporary_folder() -> str:
    """Where multiprocessing may keep the socket of its server: the usual folder, else one in memory.

    A folder on a full disk is none, for tempfile. Raises Fatal(RETRY) where there is no other either.
    """
    try:
        return tempfile.gettempdir()
    except FileNotFoundError as error:
        usual = str(error)
    before, tempfile.tempdir = tempfile.tempdir, IN_MEMORY
    try:
        with tempfile.TemporaryFile(prefix="copydesk-") as tried:
            tried.write(b"room")
    except OSError as error:
        tempfile.tempdir = before
        raise Fatal(
            Exit.RETRY, f"stage processes need a folder for a socket: {usual}, nor {IN_MEMORY}: {error}"
        ) from None
    return IN_MEMORY
