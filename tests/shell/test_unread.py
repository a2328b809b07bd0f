"""Pages of files that a waiting process gives back: only those that their file has the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from streams.shell.unread import unwritten

MAPPING = """\
{start:x}-{start:x}1000 {rights} 00000000 08:01 4711   {path}
Size:                  4 kB
KernelPageSize:        4 kB
Anonymous:             {anonymous} kB
Swap:                  {swap} kB
VmFlags: {flags}
"""


def mapping(
    start: int,
    rights: str = "r-xp",
    path: str = "/usr/lib/a library.so",
    anonymous: int = 0,
    swap: int = 0,
    flags: str = "rd ex mr",
) -> str:
    return MAPPING.format(start=start, rights=rights, path=path, anonymous=anonymous, swap=swap, flags=flags)


def test_only_files_that_nobody_writes_or_has_written_to_are_given_back() -> None:
    smaps = [
        mapping(0x1),
        mapping(0x2, rights="rw-p"),
        mapping(0x3, anonymous=4),  # relocated, then made read-only
        mapping(0x4, swap=4),  # the same, and swapped out
        mapping(0x5, path=""),
        mapping(0x6, path="[vdso]"),
        mapping(0x7, flags="rd mr ht"),  # huge pages are not counted as anonymous
        mapping(0x8).replace("Swap:", "Other:"),  # a kernel that does not tell
        mapping(0x9, rights="r--s"),
    ]
    found = list(unwritten("".join(smaps).splitlines()))
    assert found == [(0x1, 0x11000), (0x9, 0x91000)]


CODE = """
import ctypes, mmap, sys
from streams.shell.unread import give_back_files

path, size = sys.argv[1], int(sys.argv[2])
def pages(which):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(which))
with open(path, "rb") as file:
    read = mmap.mmap(file.fileno(), size, mmap.MAP_PRIVATE, mmap.PROT_READ)
    written = mmap.mmap(file.fileno(), size, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
    assert read[:] == b"x" * size
    written[:5] = b"stays"
    start = ctypes.addressof(ctypes.c_char.from_buffer(written))
    assert ctypes.CDLL(None).mprotect(ctypes.c_void_p(start), ctypes.c_size_t(size), mmap.PROT_READ) == 0
    before = pages("RssFile")
    give_back_files()
    print((before - pages("RssFile")) * 1024 > size / 2, read[:] == b"x" * size, written[:6])
    sys.stdout.flush()
    import json, ssl, sqlite3  # libraries still run, and are still loaded
    print(json.dumps(1))
"""


@pytest.mark.parametrize("name", ["file", "of\u2028two lines", "not \udcff UTF-8"])
def test_what_is_given_back_is_there_when_it_is_read_and_what_was_written_stays(
    tmp_path: Path, name: str
) -> None:
    size = 16 << 20
    path = tmp_path / name
    path.write_bytes(b"x" * size)
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(path), str(size)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "True True b'staysx'\n1\n"), done.stderr
