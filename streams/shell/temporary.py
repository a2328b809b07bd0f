"""The folder that stage processes need, also on a machine whose disks are full."""

import tempfile

from streams.shell.exits import Exit, Fatal

# In memory, on every Linux; multiprocessing keeps its semaphores there already.
IN_MEMORY = "/dev/shm"  # noqa: S108 - only a socket in a folder that nobody else can read


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
