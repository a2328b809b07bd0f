"""Put on PYTHONPATH: a version of Copydesk whose cleaning fails on every article."""

import sys
from pathlib import Path
from typing import Any, NoReturn

# Python imports this module before it looks into the folder that the worker was started in.
sys.path.insert(0, str(Path.cwd()))

import streams.cleaning


def clean(article: Any) -> NoReturn:
    raise AttributeError(f"{type(article).__name__} has no attribute 'body'")


streams.cleaning.clean = clean  # type: ignore[assignment]
