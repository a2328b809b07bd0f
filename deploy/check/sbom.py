#!/usr/bin/env python3
"""What an installation consists of, build/sbom.json (CycloneDX) and build/licences.md, and whether it may be.

  deploy/check/sbom.py       exits 1 where a package has a licence that is not allowed, 0 else

Both are of an environment that holds exactly the packages of requirements.lock for this platform.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import tools

BUILD = tools.ROOT / "build"
# By SPDX's names and by those of PyPI's classifiers. MPL: changes to its files are given on; we change none.
ALLOWED = frozenset(
    {
        *("Apache-2.0", "Apache Software License", "Apache-2.0 WITH LLVM-exception"),
        *("BSD License", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "MIT", "MIT License", "Zlib", "CC0-1.0"),
        *("PSF-2.0", "Python Software Foundation License", "CNRI-Python"),
        *("MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)"),
    }
)
# A package's own licence, and why it may be used all the same.
EXCEPTIONS = {
    "tld": (
        "LGPL-2.1-or-later",
        "a library, used unchanged; one of three to choose from; trafilatura needs it",
    ),
    "venusian": ("Repoze Public License", "BSD with a clause on trademarks; Faust needs it"),
}
INSTALLERS = ("pip", "setuptools")


def main() -> int:
    try:
        measured, by = tools.python("requirements.lock"), tools.python("requirements-deploy.lock")
    except tools.MissingToolError as error:
        print(f"sbom: {error}", file=sys.stderr)
        return 1
    BUILD.mkdir(exist_ok=True)
    about = ["--pyproject", str(tools.ROOT / "pyproject.toml"), "--output-reproducible", "--of", "JSON"]
    bill = said([str(by / "cyclonedx-py"), "environment", str(measured / "python"), *about])
    (BUILD / "sbom.json").write_text(bill, encoding="utf-8")
    options = ["--from=mixed", "--format=json", "--ignore-packages", *INSTALLERS]
    listed = json.loads(said([str(by / "pip-licenses"), "--python", str(measured / "python"), *options]))
    (BUILD / "licences.md").write_text(table(listed), encoding="utf-8")
    wrong = [p for p in listed if not allowed(p["Name"], p["License"])]
    for package in wrong:
        print(f"sbom: {package['Name']} {package['Version']} is under {package['License']}", file=sys.stderr)
    print(f"sbom: {len(listed)} packages, {len(wrong)} with a licence that is not allowed; build/sbom.json")
    return 1 if wrong else 0


def allowed(name: str, licence: str) -> bool:
    """Whether a package may be used under this expression of SPDX, or list of classifiers."""
    own = EXCEPTIONS.get(name.lower(), ("", ""))[0]
    licence = licence.replace("; ", " AND ")
    while inner := re.search(r"\(([^()]* (?:AND|OR) [^()]*)\)", licence):
        verdict = "MIT" if _any_of(inner[1], own) else "refused"
        licence = licence[: inner.start()] + verdict + licence[inner.end() :]
    return _any_of(licence, own)


def _any_of(expression: str, own: str) -> bool:
    """AND binds more tightly than OR."""
    return any(
        all(part.strip() in ALLOWED | {own} - {""} for part in choice.split(" AND "))
        for choice in expression.split(" OR ")
    )


def table(packages: list[dict[str, str]]) -> str:
    rows = [f"| {p['Name']} | {p['Version']} | {p['License']} |" for p in packages]
    return "\n".join(["| package | version | licence |", "|---|---|---|", *rows, ""])


def said(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - built here
    if done.returncode:
        raise SystemExit(f"sbom: {' '.join(command[:2])} ended with {done.returncode}: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
