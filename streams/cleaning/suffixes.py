"""Public suffixes: the ends of host names under which anyone may register one, "com" and "co.uk".

From the public suffix list that tldextract ships, with its private part: "github.io" is one. tldextract
itself would take 9 MB: two trees of objects, and an HTTP client to fetch newer lists with.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import idna

_FILE = "tldextract/.tld_set_snapshot"
_RULE = re.compile(r"^([.*!]*\w\S*)", re.MULTILINE)


def suffix_start(labels: Sequence[str]) -> int:
    """Where the public suffix of a host begins among its labels; behind the last where it has none."""
    ends = _ends()
    start = at = len(labels)
    end = ""  # of a rule, as far as the host has it
    for label in map(_plain, reversed(labels)):
        behind = f".{end}" if end else ""
        if label + behind not in ends:
            if "*" + behind in ends:
                return at if f"!{label}{behind}" in ends else at - 1
            break
        at, end = at - 1, label + behind
        if ends[end]:
            start = at
    return start


@cache
def _ends() -> dict[str, bool]:
    """Every rule, and the ends of its labels; whether that is a rule."""
    text = Path(str(distribution("tldextract").locate_file(_FILE))).read_text("utf-8")
    rules = set(_RULE.findall(text))
    ends = dict.fromkeys(rules, True)
    for rule in rules:
        while "." in rule:
            rule = rule.partition(".")[2]
            ends.setdefault(rule, False)
    return ends


def _plain(label: str) -> str:
    """A label as the list has it: in lower case, and without punycode."""
    label = label.lower()
    if label.startswith("xn--"):
        try:
            return idna.decode(label)
        except (UnicodeError, IndexError):
            pass
    return label
