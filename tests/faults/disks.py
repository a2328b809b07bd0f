"""Small disks that a fault can fill: tmpfs, mounted for this process and its children alone.

They need root. Nothing is left of them when this process ends, however it ends.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MB = 1 << 20
CHUNK_BYTES = 1 << 16
_CLONE_NEWNS = 0x00020000
_TRY = "mount --make-rprivate / && mount -t tmpfs -o size=64k tmpfs /mnt"


def no_mounts() -> str | None:
    """Why no small disk can be mounted here; None where it can."""
    if not all(map(shutil.which, ("mount", "umount", "unshare"))):
        return "mount, umount and unshare are needed for a small disk"
    tried = subprocess.run(["unshare", "-m", "sh", "-c", _TRY], capture_output=True, text=True, check=False)
    return f"a small disk needs root: {tried.stderr.strip()}" if tried.returncode else None


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk of so many bytes at this folder, seen by all that has our own mounts."""
    folder.mkdir(exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder)
    try:
        yield folder
    finally:
        _run("umount", "--lazy", folder)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte more finds room on this disk, until it is over."""
    ballast = disk / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            for size in (CHUNK_BYTES, 1):
                _write_until_full(file.fileno(), bytes(size))
        yield
    finally:
        ballast.unlink()


def _write_until_full(file: int, chunk: bytes) -> None:
    while True:
        try:
            os.write(file, chunk)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return


def own_mounts() -> None:
    """From now on what is mounted is seen by this thread and what it starts, threads too, by nobody else."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare of the mounts")
    _run("mount", "--make-rprivate", "/")


def _run(*command: str | Path) -> None:
    subprocess.run(command, capture_output=True, check=True)
