"""Imported by the server that stage processes are forked from: what it loads, they share.

The server imports `clean`, `tag` or `fingerprint` of this package, those of its worker's steps, and `told`
first where the worker logs.
"""

import gc
import sys
from collections.abc import Callable
from types import TracebackType

from streams.shell.compiling import cold_start

logs = False
"""Whether this server is a worker's, which says in its log why a first start takes a minute."""


def load(stage: str, warm_up: Callable[[], None], *packages: str) -> None:
    """Loads a stage for good; ends the process, with a line that says why, where it does not work here."""
    if logs and (line := cold_start(*packages)) is not None:
        from streams.shell.logs import configure_logging, log
        from streams.shell.settings import read_settings

        configure_logging(read_settings(), stage=stage)
        log().info(line)
    try:
        warm_up()
    except RuntimeError as failed:
        sys.exit(f"copydesk: the self-test failed, nothing was read: {failed}")
    gc.collect()
    gc.freeze()  # collections pass over tables that live as long as the process: a tenth of tagging's time
    sys.excepthook = _quietly


def _quietly(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The worker may end while it asks for a process (a file that breaks off): that is no traceback.

    Its pipe is closed then, or the semaphore that it handed over is gone.
    """
    if not issubclass(kind, EOFError | ConnectionError | FileNotFoundError):
        sys.__excepthook__(kind, error, trace)
