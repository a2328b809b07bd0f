"""The tables of the tagger say where they come from and under which licence."""

import re
from pathlib import Path

DATA = Path(__file__).parents[2] / "streams" / "tagging" / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
FIRST_CELL = re.compile(r"^\| (`[^|]+`) \|", re.MULTILINE)
"""Of the tables of README.md whose rows are files."""


def test_every_file_has_one_row_and_every_row_a_file() -> None:
    rows = [name for cell in FIRST_CELL.findall(README) for name in re.findall("`([^`]+)`", cell)]
    files = [path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file()]
    assert sorted([*rows, "README.md"]) == sorted(files)


def test_every_licence_text_names_who_holds_the_copyright() -> None:
    for path in (DATA / "LICENSES").iterdir():
        assert re.search(r"Copyright .*\d{4}", path.read_text(encoding="utf-8")), path.name
