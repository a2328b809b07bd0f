"""Put on PYTHONPATH: a version of Copydesk whose cleaning fails on all that the tests send.

Not on what a worker tries itself with before it reads: one that fails there does not start.
"""

import sys
from pathlib import Path
from typing import Any

# Python imports this module before it looks into the folder that the worker was started in.
sys.path.insert(0, str(Path.cwd()))

import streams.cleaning

SENT = "//gazette.example/"

_cleaning = streams.cleaning.cleaning


def cleaning(article: Any, *others: Any) -> Any:
    if SENT in article.url:
        raise AttributeError(f"{type(article).__name__} has no attribute 'body'")
    return _cleaning(article, *others)


streams.cleaning.cleaning = cleaning  # type: ignore[assignment]
