"""What `copydesk replay status` tells a person of a run."""

import time
from dataclasses import replace

from streams.shell.replay.progress_log import Known
from streams.shell.replay.status import as_text
from streams.shell.topics import DAY_MS
from tests.shell.replay.plans import VERSIONS, plan


def done(days_ago: float) -> Known:
    known = Known.fresh(plan(keep_days=7.0), VERSIONS, int(time.time() * 1000 - days_ago * DAY_MS))
    return replace(known, head=replace(known.head, state="done"))


def test_until_when_a_run_is_kept_is_told_and_of_a_run_that_may_have_expired_what_to_do() -> None:
    kept, expired = as_text(done(6)), as_text(done(8))
    assert "what it has written is kept until " in kept
    assert "abort" not in kept
    assert "was kept until " in expired
    assert "may have expired" in expired
    assert f"`copydesk replay abort {plan().run}`" in expired
