"""The image: what the Dockerfile and its context say; `make check-image` does and runs it."""

from __future__ import annotations

import re
import sys

import pytest

from tests.deploy.manifests import DEPLOY, ROOT

sys.path.insert(0, str(DEPLOY / "check"))

import image
import sbom


def test_the_processor_is_the_same_where_kernels_are_compiled_and_where_they_run() -> None:
    build, final = (image.environment(stage) for stage in image.stages())
    for variable in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES"):
        assert build[variable] == final[variable]
    assert build["NUMBA_CPU_NAME"] == "x86-64-v3"
    assert build["NUMBA_CPU_FEATURES"] == ""


def test_everything_that_is_copied_is_in_the_context_and_nothing_else() -> None:
    copied = {
        word.rstrip("/")
        for words in re.findall(r"^COPY (?!--from)(.+) \S+$", image.stages()[0], re.MULTILINE)
        for word in words.split()
    }
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    assert all((ROOT / name).exists() for name in copied)


def test_it_runs_as_nobody_of_the_machine() -> None:
    final = image.stages()[-1]
    assert re.findall(r"^USER (.+)$", final, re.MULTILINE) == [f"{image.USER}:{image.USER}"]
    assert final.index("USER") > final.index("COPY")
    assert 'ENTRYPOINT ["copydesk"]' in final


@pytest.mark.parametrize(
    ("name", "licence"),
    [
        ("orjson", "MPL-2.0 AND (Apache-2.0 OR MIT)"),
        ("llvmlite", "BSD-2-Clause AND Apache-2.0 WITH LLVM-exception"),
        ("anything", "GPL-3.0-only OR MIT"),
        ("Venusian", "Repoze Public License"),
        ("tld", "MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later"),
    ],
)
def test_a_licence_that_may_be_used(name: str, licence: str) -> None:
    assert sbom.allowed(name, licence)


@pytest.mark.parametrize(
    ("name", "licence"),
    [
        ("anything", "GNU Library or Lesser General Public License (LGPL)"),
        ("tld", "GPL-3.0-only"),
        ("anything", "MIT AND GPL-3.0-only"),
        ("anything", "MIT AND (GPL-3.0-only OR AGPL-3.0-only)"),
        ("anything", "MIT; GNU Affero General Public License v3"),
        ("anything", "UNKNOWN"),
        ("anything", ""),
    ],
)
def test_a_licence_that_may_not_be_used(name: str, licence: str) -> None:
    assert not sbom.allowed(name, licence)
