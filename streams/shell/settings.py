# ruff: noqa: RUF009 - setting() is dataclasses.field with our metadata
"""Settings: one frozen record, read once from the environment (COPYDESK_*); every field says what it is for.

A secret may also be given as a file: COPYDESK_SASL_PASSWORD_FILE=/run/secrets/kafka.
"""

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from streams.shell.exits import Exit, Fatal

PREFIX = "COPYDESK_"
MASK = "********"
MOST = 2**31 - 1  # of any number: Kafka's own are 32 bits wide
LAST_METRICS_PORT = 65532  # tag, dedup and a replay have the three after it

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


def setting(default: Any, about: str, *, secret: bool = False, least: float | None = None) -> Any:
    return field(default=default, metadata={"help": about, "secret": secret, "least": least})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, with its default; durations in seconds, sizes in bytes unless the name says more."""

    # Kafka
    brokers: str = setting("127.0.0.1:9092", "Kafka bootstrap servers, host:port separated by commas")
    security_protocol: Protocol = setting("PLAINTEXT", "how to talk to the brokers")
    sasl_mechanism: Mechanism = setting("SCRAM-SHA-512", "how to log in, with a SASL_ protocol")
    sasl_username: str = setting("", "the principal to log in as")
    sasl_password: str = setting("", "its password", secret=True)
    ssl_cafile: str = setting("", "PEM file of the authority that signed the brokers' certificates")
    ssl_certfile: str = setting("", "PEM file of our own certificate, for mutual TLS")
    ssl_keyfile: str = setting("", "PEM file of its private key")
    prefix: str = setting("copydesk", "begins the names of consumer groups and transactional ids")
    topic_prefix: str = setting("", 'begins the name of every topic, "staging." for example')

    # topics, as `copydesk topics` creates and checks them
    partitions: int = setting(4, "partitions of raw, cleaned, enriched, rejected and dead letters", least=1)
    dedup_epoch: int = setting(0, "dedup.index.e<epoch>; `copydesk dedup rebuild` makes the next", least=0)
    dedup_domains: str = setting("*=0", "articles.tagged: language=partition,...; * is every other language")
    replication: int = setting(1, "replicas of every topic; 3 in production", least=1)
    min_insync: int = setting(
        1, "replicas that must have a record before it counts; 2 in production", least=1
    )
    retention_raw_days: float = setting(7, "how long articles.raw is kept", least=0.01)
    retention_cleaned_days: float = setting(3, "how long articles.cleaned is kept", least=0.01)
    retention_tagged_days: float = setting(7, "how long articles.tagged and dedup.index.e* are kept", least=4)
    compaction_days: float = setting(
        7, "what is replaced or erased leaves articles.enriched about so long afterwards", least=0.01
    )
    retention_rejected_days: float = setting(7, "how long articles.rejected is kept", least=0.01)
    retention_deadletter_days: float = setting(14, "how long articles.deadletter is kept", least=0.01)

    # the stages
    processes: int = setting(0, "stage processes of clean, of tag; 0: a worker has one a core", least=0)
    stage_seconds: float = setting(
        10, "seconds of CPU; an article that takes more is a dead letter: timeout", least=0.1
    )
    stage_memory_mb: int = setting(1500, "a stage process that needs more is ended: crashed", least=300)
    chunk_records: int = setting(32, "records handed to a stage process at once", least=1)
    chunk_bytes: int = setting(512 * 1024, "the same in bytes", least=1)
    index_memory_mb: int = setting(
        1536, "what the dedup index may take before an alert says so; nothing else comes of it", least=1
    )
    validate_raw: bool = setting(True, "hold every raw event to its schema; false: its url alone")
    furniture: str = setting(
        "", "snapshot of lines that publishers repeat, for clean to take out: `copydesk furniture learn`"
    )
    knowledge: str = setting(
        "", "pack of people, organisations and places for tag to link: `copydesk knowledge build`"
    )
    tagger: str = setting(
        "builtin", "what finds names: builtin, spacy:PIPELINE (name or path) or teacher:FOLDER"
    )

    # the flow
    poll_records: int = setting(500, "records of one fetch, all partitions together", least=1)
    fetch_bytes: int = setting(2 << 20, "bytes of one fetch for each partition", least=1024)
    inflight_bytes: int = setting(
        64 << 20,
        "bytes of records in flight when a worker reads no more; fewer where its pool is small",
        least=1,
    )
    session_seconds: float = setting(10, "a worker that is silent for so long loses its partitions", least=6)
    request_seconds: float = setting(12, "Kafka has so long to answer; at least session_seconds", least=1)
    stall_seconds: float = setting(120, "work in hand and nothing delivered for so long: exit 75", least=5)
    drain_seconds: float = setting(5, "at a rebalance or a stop, work in hand has so long to finish", least=0)
    stop_seconds: float = setting(20, "after SIGTERM the process is gone by then, whatever hangs", least=1)
    transaction_seconds: float = setting(
        15, "an open transaction of a dead dedup worker ends by then", least=1
    )
    failure_window: int = setting(1000, "of so many last records ...", least=10)
    failure_ratio: float = setting(0.10, "... so large a share may fail before the worker stops", least=0)
    failure_streak: int = setting(50, "so many failures in a row stop the worker", least=1)

    # to be seen
    metrics_host: str = setting("127.0.0.1", "address of /metrics, /livez, /readyz and /startupz")
    metrics_port: int = setting(
        9464, "its port for clean; tag has the next, dedup the one after; 0: any", least=0
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting("info", "the least that is logged")
    log_format: Literal["auto", "json", "text"] = setting("auto", "auto: text on a terminal, else JSON")


@dataclass(frozen=True, slots=True)
class Origin:
    """One setting as `copydesk settings` shows it; `value` of a secret is masked."""

    variable: str
    value: str
    origin: Literal["default", "environment", "file"]
    about: str


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings from the environment.

    Raises Fatal(SETTINGS) naming the variable, what is wrong with it and what it may be.
    """
    known = {variable_of(f): f for f in fields(Settings)}
    given: dict[str, Any] = {}
    for variable in sorted(name for name in environment if name.startswith(PREFIX)):
        name = variable.removesuffix("_FILE")
        if variable in known:
            given[known[variable].name] = _parse(known[variable], variable, environment[variable])
        elif variable != name and name in known and known[name].metadata["secret"]:
            text = _secret(variable, environment[variable])
            given.setdefault(known[name].name, _parse(known[name], variable, text))
        elif variable not in FOR_OTHERS:
            raise Fatal(Exit.SETTINGS, f"{variable} is no setting; `copydesk settings` lists them all")
    settings = Settings(**given)
    _check(settings)
    return settings


def origins(settings: Settings, environment: Mapping[str, str] = os.environ) -> list[Origin]:
    """Every setting with its value and where that came from."""
    listed = []
    for f in fields(settings):
        variable, value = variable_of(f), str(getattr(settings, f.name))
        origin: Literal["default", "environment", "file"] = "default"
        if variable in environment:
            origin = "environment"
        elif f.metadata["secret"] and variable + "_FILE" in environment:
            origin = "file"
        shown = MASK if f.metadata["secret"] and value else value
        listed.append(Origin(variable, shown, origin, f.metadata["help"]))
    return listed


def variable_of(f: Field[Any]) -> str:
    return PREFIX + f.name.upper()


def domain_count(settings: Settings) -> int:
    """Partitions of articles.tagged and of its log."""
    return max(domains(settings).values()) + 1


# Read elsewhere: folders of the local Kafka and of fetched programs, the tests' data, tracebacks.
FOR_OTHERS = frozenset(
    {"COPYDESK_LOCAL_KAFKA", "COPYDESK_KAFKA_JARS", "COPYDESK_TOOLS", "COPYDESK_SHARED", "COPYDESK_TRACEBACK"}
)
_TRUTH = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


def _parse(f: Field[Any], variable: str, text: str) -> Any:
    kind = get_type_hints(Settings)[f.name]
    value: Any = text
    if get_origin(kind) is Literal:
        if text not in get_args(kind):
            raise Fatal(Exit.SETTINGS, f"{variable}={text}: may be {', '.join(get_args(kind))}")
    elif kind is bool:
        if text.lower() not in _TRUTH:
            raise Fatal(Exit.SETTINGS, f"{variable}={text}: may be true or false")
        value = _TRUTH[text.lower()]
    elif kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            raise Fatal(Exit.SETTINGS, f"{variable}={text}: must be a number") from None
        least = f.metadata["least"]
        if least is not None and not value >= least:
            raise Fatal(Exit.SETTINGS, f"{variable}={text}: must be at least {least:g}")
        if not value <= MOST:
            raise Fatal(Exit.SETTINGS, f"{variable}={text}: must be finite, at most {MOST}")
    return value


def _secret(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Fatal(Exit.SETTINGS, f"{variable}={path}: {error}") from None


def _check(settings: Settings) -> None:
    if settings.session_seconds > settings.request_seconds:
        raise Fatal(
            Exit.SETTINGS,
            f"COPYDESK_SESSION_SECONDS={settings.session_seconds:g} is more than "
            f"COPYDESK_REQUEST_SECONDS={settings.request_seconds:g}; it must not be",
        )
    if settings.security_protocol.startswith("SASL") and not (
        settings.sasl_username and settings.sasl_password
    ):
        raise Fatal(
            Exit.SETTINGS,
            f"COPYDESK_SECURITY_PROTOCOL={settings.security_protocol} needs COPYDESK_SASL_USERNAME and "
            "COPYDESK_SASL_PASSWORD (or COPYDESK_SASL_PASSWORD_FILE)",
        )
    if settings.metrics_port > LAST_METRICS_PORT:
        port = settings.metrics_port
        raise Fatal(Exit.SETTINGS, f"COPYDESK_METRICS_PORT={port}: must be at most {LAST_METRICS_PORT}")
    if settings.min_insync > settings.replication:
        raise Fatal(
            Exit.SETTINGS,
            f"COPYDESK_MIN_INSYNC={settings.min_insync} is more than "
            f"COPYDESK_REPLICATION={settings.replication}: no record could ever be written",
        )
    domains(settings)


def domains(settings: Settings) -> dict[str, int]:
    """Language to partition of articles.tagged, the de-duplication domain; "*" for every other language."""
    table: dict[str, int] = {}
    for part in settings.dedup_domains.split(","):
        language, equals, number = part.strip().partition("=")
        if not (language and equals and number.isdecimal()):
            raise Fatal(Exit.SETTINGS, f"COPYDESK_DEDUP_DOMAINS={settings.dedup_domains}: write en=0,*=1")
        table[language] = int(number)
    if "*" not in table or set(table.values()) != set(range(max(table.values()) + 1)):
        raise Fatal(
            Exit.SETTINGS,
            f"COPYDESK_DEDUP_DOMAINS={settings.dedup_domains}: "
            "needs * and every partition from 0 up, as en=0,*=1",
        )
    return table
