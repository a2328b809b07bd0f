"""What our topics, groups and transactional ids are called in Kafka."""

from streams.pipeline import DEDUP, Step
from streams.shell.settings import Settings


def group(settings: Settings, step: Step) -> str:
    """The consumer group of a stage."""
    return f"{settings.prefix}.{step.name}"


def transactional_id(settings: Settings, partition: int) -> str:
    """What fences the last owner of a domain: the same for whoever takes it."""
    return f"{group(settings, DEDUP)}.{partition}"
