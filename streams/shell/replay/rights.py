"""What a replay may do, asked of Kafka before anything is planned or run: what is missing is named."""

from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient

from streams.contract import TAGGED
from streams.pipeline import STEPS
from streams.shell import clients, groups
from streams.shell.access import Needs, check_access
from streams.shell.exits import Exit, Fatal
from streams.shell.names import group
from streams.shell.replay.plan import Plan, producer_id, progress_topic
from streams.shell.replay.run_topics import has_progress, lacking_to_create, progress_as_wanted, topics_of
from streams.shell.settings import Settings
from streams.shell.topics import index_name, topic_name


async def check_rights(admin: AIOKafkaAdminClient, settings: Settings, plan: Plan) -> None:
    """Raises Fatal: NO_RIGHT naming each right that is missing, SETTINGS each topic."""
    denied = await _lacking(admin, settings, plan)
    # The log is what `diff` tells later links by.
    log = (index_name(settings),) if plan.decides else ()
    reads = {topic_name(settings, name) for name in (plan.source, TAGGED, plan.targets[-1], *log)}
    progress = progress_topic(settings)
    there = await has_progress(admin, settings)
    needs = Needs(
        reads=(*sorted(reads), *([progress] if there else [])),
        writes=(progress,) if there else (),
        transactional_ids=(producer_id(settings, plan.run),),
        deletes=tuple(topic.name for topic in topics_of(settings, plan)),  # by `abort`
    )
    try:
        await check_access(settings, needs)
    except Fatal as fatal:
        if denied and fatal.code is Exit.NO_RIGHT:
            raise Fatal(Exit.NO_RIGHT, f"{fatal}; nor to {', '.join(denied)}") from None
        raise
    if denied:
        who = f"{settings.sasl_username} has" if settings.sasl_username else "we have"
        raise Fatal(Exit.NO_RIGHT, f"{who} no right to {', '.join(denied)} on Kafka at {settings.brokers}")


async def check_topics(settings: Settings, plan: Plan) -> None:
    """The rights to a run's own topics, once they are there."""
    own = tuple(topic.name for topic in topics_of(settings, plan))
    await check_access(settings, Needs(reads=own, writes=(*own, progress_topic(settings))))


async def _lacking(admin: AIOKafkaAdminClient, settings: Settings, plan: Plan) -> list[str]:
    wanted = [*topics_of(settings, plan), progress_as_wanted(settings)]
    denied = [f"create topic {name}" for name in await lacking_to_create(admin, wanted)]
    for step in STEPS:
        try:
            await groups.members(admin, settings, group(settings, step))
        except errors.GroupAuthorizationFailedError:
            denied.append(f"describe group {group(settings, step)}")
        except errors.KafkaError as error:
            raise clients.explained(error, settings) from error
    return denied
