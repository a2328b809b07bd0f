#!/usr/bin/env python3
"""The Grafana boards as code: writes deploy/grafana/boards/{on-call,desk}.json.

  deploy/grafana/boards.py           write them
  deploy/grafana/boards.py --check   exit 1 where a file is not what this would write

on-call: is it well, and where is it stuck? desk: what flows? Tests hold every query to the metrics there are.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from desk import DESK
from on_call import ON_CALL
from panels import board

BOARDS = Path(__file__).resolve().parent / "boards"

ALL = {
    "on-call": ("Copydesk: on call", ON_CALL),
    "desk": ("Copydesk: the desk", DESK),
}


def written() -> dict[Path, str]:
    """Every file with its content."""
    return {
        BOARDS / f"{uid}.json": json.dumps(board(uid, title, rows), indent=1) + "\n"
        for uid, (title, rows) in ALL.items()
    }


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = [path for path, text in written().items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if arguments:
            print(f"{path} is not what boards.py writes: run it", file=sys.stderr)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(written()[path])
    return 1 if stale and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
