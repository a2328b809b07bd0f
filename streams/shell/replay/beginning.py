"""What a run asks for before it works: rights, topics, the records, and where it was."""

import time
from collections.abc import Callable
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from streams.shell.exits import Exit, Fatal
from streams.shell.replay import progress_log
from streams.shell.replay.kept import refuse_expired
from streams.shell.replay.plan import Plan
from streams.shell.replay.progress_log import Known
from streams.shell.replay.reading import check_there
from streams.shell.replay.rights import check_rights, check_topics
from streams.shell.replay.run_topics import make_all, progress_as_wanted, topics_of, written_to
from streams.shell.replay.versions import Versions
from streams.shell.settings import Settings

Say = Callable[[str], None]


async def begin(
    admin: AIOKafkaAdminClient, settings: Settings, plan: Plan, path: Path, now: Versions, say: Say
) -> Known:
    """Where to go on, behind the rights and the topics. Raises Fatal where it must not go on."""
    await check_rights(admin, settings, plan)
    known = (await progress_log.load(settings, admin)).get(plan.run)
    if known is None:
        # Empty ones are of a run that was killed between its topics and its first progress.
        if left := await written_to(admin, settings, plan.run):
            raise Fatal(
                Exit.SETTINGS,
                f"run {plan.run} has no progress but records in {', '.join(left)}. "
                f"`copydesk replay abort {plan.run}` deletes them",
            )
        known = Known.fresh(plan, now, int(time.time() * 1000))
    else:
        _refuse_changed(plan, path, known, now)
        if known.head.state == "done":
            return known
        await refuse_expired(admin, settings, plan)
        share = known.done / max(1, known.total)
        say(f"going on with run {plan.run} at {share:.0%}")
    await check_there(settings, plan, known.positions)
    await make_all(admin, settings, [*topics_of(settings, plan), progress_as_wanted(settings)])
    await check_topics(settings, plan)
    return known


def _refuse_changed(plan: Plan, path: Path, known: Known, now: Versions) -> None:
    if known.head.plan != plan:
        raise Fatal(Exit.SETTINGS, f"{path} is not the plan that run {plan.run} began with")
    if changed := known.head.ran_with.differences(now):
        raise Fatal(
            Exit.SETTINGS,
            f"run {plan.run} began with other versions: {'; '.join(changed)}. Go on with those, or "
            f"`copydesk replay abort {plan.run}`, and the same command begins it anew",
        )
