"""How long a run's records are kept, and whether they are whole: retention deletes the oldest first."""

from aiokafka.admin import AIOKafkaAdminClient

from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.replay.plan import Plan
from streams.shell.replay.run_topics import topics_of
from streams.shell.settings import Settings
from streams.shell.topics import partitions_of


async def refuse_expired(admin: AIOKafkaAdminClient, settings: Settings, plan: Plan) -> None:
    """Raises Fatal(NO_INPUT) with a count where records of a run are gone: what is left is not the run.

    A run's topics are not compacted, so what a partition does not begin with was deleted.
    """
    lost = []
    for topic in topics_of(settings, plan):
        parts = await partitions_of(admin, topic.name)
        if not parts:
            lost.append(f"all of {topic.name}")
            continue
        async with clients.reading(settings, parts) as consumer:
            begins, ends = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
        if gone := sum(begins.values()):
            lost.append(f"{gone:,} of {sum(ends.values()):,} offsets of {topic.name}")
    if lost:
        raise Fatal(
            Exit.NO_INPUT,
            f"run {plan.run} has expired: {', '.join(lost)} deleted. Its plan keeps records for "
            f"{plan.keep_days:g} days. `copydesk replay abort {plan.run}`, then `copydesk replay run` begins "
            "it anew while its range is there; `copydesk replay plan --keep` plans one that is kept longer",
        )
