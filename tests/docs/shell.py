"""A shell into which the commands of one page are pasted, block by block."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from tests.docs.pages import Block, missing
from tests.system.desk import end_with_parent
from tests.system.kafka import REPOSITORY, wait_for

BLOCK_SECONDS = 240.0
# In a clone `make` builds the environment first; here it is the one that runs the tests.
PROLOGUE = 'set -e\nmake() { command make -o .venv/.ready "$@"; }\n'


class Shell:
    """Bash in `folder`, which looks like the repository and is not: what a page writes stays in it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        for there in REPOSITORY.iterdir():
            if there.name not in (".venv", ".git", "build"):
                (folder / there.name).symlink_to(there)
        (folder / ".venv").symlink_to(environment["VIRTUAL_ENV"])
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        self._say(PROLOGUE)

    def run(self, block: Block) -> None:
        """Runs a block; fails with what it printed where a command fails or a shown line is missing."""
        script, printed, done = (self.folder / f".block{block.line}.{end}" for end in ("sh", "out", "done"))
        script.write_text(block.commands + "\n", encoding="utf-8")
        self._say(f"source {script} < /dev/null > {printed} 2>&1; touch {done}\n")
        wait_for(
            f"line {block.line} ends: {block.commands}",
            BLOCK_SECONDS,
            lambda: done.exists() or self.process.poll() is not None,
        )
        told = printed.read_text(errors="replace")
        assert done.exists(), f"line {block.line} failed:\n{block.commands}\n--- printed:\n{told}"
        absent = missing(block.shown, told)
        assert absent is None, f"line {block.line} does not print:\n{absent}\n--- printed:\n{told}"

    def close(self) -> None:
        """Ends it and all that it has left running."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def _say(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()
