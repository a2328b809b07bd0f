"""The Faust app of one stage, and what that stage needs of Kafka."""

from typing import Any

import faust
from yarl import URL

from streams import contract
from streams.pipeline import DEDUP, TAG, Step
from streams.shell import clients
from streams.shell.access import Needs
from streams.shell.exits import Exit, Fatal
from streams.shell.names import group, transactional_id
from streams.shell.settings import Settings, domain_count
from streams.shell.topics import index_name, topic_name
from streams.shell.transport import BatchTransport, RecordBatch

HEARTBEATS_A_SESSION = 5
# Partitions that are added to a topic are read so much later; the default of all clients is five minutes.
METADATA_SECONDS = 30


def needs(settings: Settings, step: Step) -> Needs:
    """The rights a stage's worker must have in Kafka."""
    reads, writes = [step.source], [step.target, contract.REJECTED, contract.DEADLETTER]
    domain_topics = [contract.TAGGED] if step is TAG else []
    transactional_ids: list[str] = []
    if step is DEDUP:
        index = index_name(settings)  # state_log.check looks at its partitions
        reads, writes = [*reads, index], [*writes, index]
        transactional_ids = [transactional_id(settings, p) for p in range(domain_count(settings))]
    return Needs(
        reads=tuple(topic_name(settings, topic) for topic in reads),
        writes=tuple(topic_name(settings, topic) for topic in writes),
        group=group(settings, step),
        transactional_ids=tuple(transactional_ids),
        at_least={topic_name(settings, topic): domain_count(settings) for topic in domain_topics},
    )


def build_app(settings: Settings, step: Step) -> faust.App:
    """An app that reads by batches, declares no topics, serves no web and keeps no tables."""
    urls = [URL(f"kafka://{broker.strip()}") for broker in settings.brokers.split(",")]
    app = _App(
        group(settings, step),
        broker=urls,
        broker_credentials=_credentials(settings),
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=settings.session_seconds / HEARTBEATS_A_SESSION,
        broker_request_timeout=settings.request_seconds,
        broker_max_poll_records=settings.poll_records,
        consumer_max_fetch_size=settings.fetch_bytes,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=METADATA_SECONDS * 1000,
        stream_wait_empty=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        env={},  # else BROKER_URL and its like in the environment would overrule all of the above
        key_serializer="raw",
        value_serializer="raw",
    )
    app.transport = BatchTransport(urls, app)
    return app


class _App(faust.App):
    def _create_directories(self) -> None:
        """Faust makes folders for tables in the working directory: we keep none, and may not write there."""


def source_of(app: faust.App, settings: Settings, step: Step) -> Any:
    """The stage's topic; acks=False, because offsets are ours (faust #606)."""
    batches = RecordBatch()
    return app.topic(topic_name(settings, step.source), schema=batches, acks=False)


def _credentials(settings: Settings) -> Any:
    protocol = settings.security_protocol
    if protocol == "PLAINTEXT":
        return None
    context = clients.tls(settings) if protocol.endswith("SSL") else None
    if protocol == "SSL":
        return faust.SSLCredentials(context)
    credentials = faust.SASLCredentials(
        username=settings.sasl_username,
        password=settings.sasl_password,
        mechanism=settings.sasl_mechanism,
        ssl_context=context,
    )
    # Without a context Faust 0.15.3 makes it SASL_PLAINTEXT in silence; here it is what was asked for.
    if credentials.protocol.value != protocol:
        raise Fatal(Exit.SETTINGS, f"COPYDESK_SECURITY_PROTOCOL={protocol}: Faust would use another")
    return credentials
