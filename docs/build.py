#!/usr/bin/env python3
"""Builds the documentation into build/docs: first the reference, then all pages; a warning is an error.

  docs/build.py

What a warning is: a link to a page, an anchor or a file that is not there, a page in no table of contents, a
reference without a target. Sphinx lives in an environment of its own, made from requirements-docs.lock once.
Exit codes: 0 built, 1 something is wrong (the lines above say what), 69 the environment cannot be made.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "deploy" / "check")]

import tools  # noqa: E402

from docs import generate  # noqa: E402 - this file is run by its path

BUILD = HERE.parent / "build"
MISSING = 69


def main() -> int:
    try:
        sphinx = tools.python("requirements-docs.lock") / "sphinx-build"
    except tools.MissingToolError as error:
        print(error, file=sys.stderr)
        return MISSING
    generate.write(HERE / "reference")
    shutil.rmtree(BUILD / "docs", ignore_errors=True)
    options = ["-q", "-n", "-W", "--keep-going", "-b", "html", "-d", str(BUILD / "docs.cache"), "-E"]
    done = subprocess.run([sphinx, *options, HERE, BUILD / "docs"], check=False)  # noqa: S603 - our own
    if done.returncode == 0:
        print(f"the documentation is in {BUILD / 'docs' / 'index.html'}")
    return int(done.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
