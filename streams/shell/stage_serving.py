"""What a stage process does between its pipes; the other side is stage_process.py.

Chunks come in, answers go out, one for one: through the mailbox, and through the pipes the post that says so.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from streams.shell.freed import Freed
from streams.shell.mailbox import Mailbox

READY = b"ready"


def serve(
    begin: Callable[[], None], function: Callable[[Any], Any], given: int, told: int, memory: int
) -> None:
    """The process: `begin()`, then `function(chunk)` for each chunk; ends with the pipe."""
    begin()
    mailbox, freed = Mailbox(memory), Freed()
    os.close(memory)
    with suppress(BrokenPipeError):
        os.write(told, mailbox.put(READY))
        while post := os.read(given, Mailbox.POST_BYTES):
            chunk = mailbox.take(post)
            try:
                post = mailbox.put(function(chunk))
            except Exception as error:
                post = mailbox.put(error)
            del chunk
            os.write(told, post)
            if freed.due:
                freed.give_back()
