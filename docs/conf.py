"""Sphinx: how the documentation is built. `make docs` runs it; every warning is an error there."""

project = "Copydesk"
author = "the Copydesk authors"
extensions = ["myst_parser"]
exclude_patterns = ["requirements*"]
html_theme = "furo"
html_title = "Copydesk"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
# Every heading down to this depth can be linked to by its name, as repositories' own views of Markdown do it.
myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]
