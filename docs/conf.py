"""Sphinx: how the documentation is built. `make docs` runs it; every warning is an error there."""

import re
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
RELATIVE_MARKDOWN = re.compile(r"\]\((\.\./[^)#]+\.md)\)")

project = "Copydesk"
author = "the Copydesk authors"
extensions = ["myst_parser"]
exclude_patterns = ["examples/*/**"]  # programs, with a README each
html_theme = "furo"
html_title = "Copydesk"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
# Every heading down to this depth can be linked to by its name, as in a repository's own view of Markdown.
myst_heading_anchors = 4


def setup(app: Sphinx) -> None:
    app.connect("source-read", link_files)


def link_files(app: Sphinx, name: str, source: list[str]) -> None:
    """Markdown outside docs is a file to be shown, not a page; MyST wants to be told so (5.2)."""
    here = Path(app.env.doc2path(name)).parent

    def told(link: re.Match[str]) -> str:
        outside = not (here / link[1]).resolve().is_relative_to(HERE)
        return f"](path:{link[1]})" if outside else link[0]

    source[0] = RELATIVE_MARKDOWN.sub(told, source[0])
