"""Imported by the server that stage processes are forked from: what it loads, they share."""

import gc
import sys
from types import TracebackType

from streams.pipeline import warm_up


def _quietly(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The worker may end while it asks for a process (a file that breaks off): that is no traceback.

    Its pipe is closed then, or the semaphore that it handed over is gone.
    """
    if not issubclass(kind, EOFError | ConnectionError | FileNotFoundError):
        sys.__excepthook__(kind, error, trace)


try:
    warm_up()
except RuntimeError as failed:
    sys.exit(f"copydesk: the self-test failed, nothing was read: {failed}")
gc.collect()
gc.freeze()  # collections pass over the tables, which live as long as the process: a tenth of tagging's time
sys.excepthook = _quietly
