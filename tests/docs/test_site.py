"""The documentation builds, says all there is, and needs nobody else's servers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from docs import generate
from docs.event_pages import EVENTS
from docs.markdown import cell
from streams import vocabulary
from streams.shell.cli import copydesk
from streams.shell.metrics import LISTED
from streams.shell.settings import origins, read_settings
from tests.system.kafka import REPOSITORY

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
LOADED = re.compile(r"<(?:script|img|iframe|link)\b[^>]*\b(?:src|href)=\"(?:https?:)?//[^\"]*\"[^>]*>")
MARKDOWN = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md")


@pytest.fixture(scope="module")
def built() -> Path:
    done = subprocess.run(
        [sys.executable, "docs/build.py"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    if done.returncode == 69:
        pytest.skip(done.stderr.splitlines()[-1])
    assert done.returncode == 0, done.stdout + done.stderr
    return REPOSITORY / "build" / "docs"


def test_no_page_loads_anything_from_elsewhere(built: Path) -> None:
    loaded = {
        tag
        for path in built.rglob("*.html")
        for tag in LOADED.findall(path.read_text())
        if "canonical" not in tag
    }
    assert loaded == set()
    styles = [path.read_text() for path in built.rglob("*.css")]
    assert not any(re.search(r"url\(\s*['\"]?(?:https?:)?//|@import", style) for style in styles)


def test_every_alert_s_runbook_url_leads_to_an_anchor_of_the_built_page(built: Path) -> None:
    rules = (REPOSITORY / "deploy" / "prometheus" / "rules" / "alerts.yml").read_text()
    urls = re.findall(r"runbook_url: docs/(\S+)\.md#(\w+)", rules)
    assert len(urls) == rules.count("alert:")
    for page, anchor in urls:
        assert f'id="{anchor}"' in (built / f"{page}.html").read_text()


@pytest.mark.parametrize("name", MARKDOWN)
def test_links_of_the_repository_s_own_pages_lead_somewhere(name: str) -> None:
    """Sphinx sees to those within docs."""
    for link in LINK.findall((REPOSITORY / name).read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if not re.match(r"\w+:", link):
            there = REPOSITORY / (path or name)
            assert there.exists(), link
            assert not anchor or anchor in anchors(there), link


def test_the_reference_has_every_setting_metric_command_field_and_closed_list() -> None:
    pages = generate.contents()
    for origin in origins(read_settings({}), {}):
        assert f"`{origin.variable}`" in pages["settings"]
        assert cell(origin.about) in pages["settings"]
    for metric in LISTED:
        assert f"`{metric.name}`" in pages["metrics"]
    for path, command in generate.walk(("copydesk",), copydesk):
        assert f"## {' '.join(path)}\n" in pages["commands"]
        options = [p.opts[-1] for p in command.params if isinstance(p, click.Option)]
        assert all(option in pages["commands"] for option in options)
    for list_ in (vocabulary.RejectReason, vocabulary.FailureReason, vocabulary.Flag, vocabulary.Relation):
        assert all(f"`{value}`" in pages["closed-lists"] for value in list_)
    for event in EVENTS:
        schema = json.loads((REPOSITORY / "schemas" / f"article.{event}.v1.schema.json").read_bytes())
        for part in (schema, *schema.get("$defs", {}).values()):
            for field, about in part.get("properties", {}).items():
                assert f"| `{field}` |" in pages[f"event-{event}"]
                assert cell(about.get("description", "")) in pages[f"event-{event}"]


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
