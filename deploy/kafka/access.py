#!/usr/bin/env python3
"""Users and rights on a Kafka that denies by default, as principals.toml lists them.

  deploy/kafka/access.py apply                        grant what is missing; say what is too much
  deploy/kafka/access.py apply --prune                and take back what is too much
  deploy/kafka/access.py apply --passwords FOLDER     and give every user the password in FOLDER/<user>
  deploy/kafka/access.py show                         the rights, one a line
  deploy/kafka/access.py show --commands              as commands for Kafka's own kafka-acls.sh

Log in as somebody who may alter the cluster, with the settings of every other command: COPYDESK_BROKERS,
COPYDESK_SASL_USERNAME, ... COPYDESK_TOPIC_PREFIX and COPYDESK_PREFIX go before the names. A password file
that is missing is made, with 32 random characters, readable by its owner only; it is what
COPYDESK_SASL_PASSWORD_FILE of that component names. `apply` may be repeated: it changes only what differs.

It needs the package confluent-kafka, because aiokafka's admin client has no ACLs.

Exit codes: 0 done, 1 rights are too many and --prune was not given, 69 no answer from Kafka, 77 no right or
not let in, 78 wrong settings.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from streams.shell.exits import Exit, Fatal  # noqa: E402
from streams.shell.settings import Settings, read_settings  # noqa: E402

PRINCIPALS = Path(__file__).resolve().parent / "principals.toml"
KINDS = {
    "topics": ResourceType.TOPIC,
    "groups": ResourceType.GROUP,
    "transactional_ids": ResourceType.TRANSACTIONAL_ID,
}
OPTIONS = {
    ResourceType.TOPIC: "--topic",
    ResourceType.GROUP: "--group",
    ResourceType.TRANSACTIONAL_ID: "--transactional-id",
}
SCRAM_ITERATIONS = 8192
ANSWER_SECONDS = 12.0
POLL_SECONDS = 0.1
DENIED = ("CLUSTER_AUTHORIZATION_FAILED",)
SHUT_OUT = ("SASL_AUTHENTICATION_FAILED", "_AUTHENTICATION", "_SSL")

Right = tuple[str, ResourceType, str, ResourcePatternType, AclOperation]
"""User, kind and name of the resource, literal or a prefix, and what may be done with it."""


def main(arguments: list[str] | None = None) -> int:
    options = parsed(arguments)
    try:
        settings = read_settings()
    except Fatal as fatal:
        print(f"access.py: {fatal}", file=sys.stderr)
        return fatal.code
    try:
        return int(options.run(options, settings))
    except KafkaException as error:
        why: KafkaError = error.args[0]
        told = "denied: the user may not alter the cluster" if why.name() in DENIED else why.str()
        print(f"access.py: Kafka at {settings.brokers}: {told}", file=sys.stderr)
        return Exit.NO_RIGHT if why.name() in (*DENIED, *SHUT_OUT) else Exit.UNAVAILABLE


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    sub = commands.add_parser("apply", help="make Kafka's rights those of the file")
    sub.add_argument("--prune", action="store_true", help="take back rights that the file does not list")
    sub.add_argument("--passwords", type=Path, metavar="FOLDER", help="a file with a password for each user")
    sub.set_defaults(run=apply)
    sub = commands.add_parser("show", help="print the rights of the file; asks no Kafka")
    sub.add_argument("--commands", action="store_true", help="as commands for kafka-acls.sh")
    sub.set_defaults(run=show)
    return parser.parse_args(arguments)


def apply(options: argparse.Namespace, settings: Settings) -> int:
    """Grants, says what is too much, and sets passwords."""
    admin = Admin(settings)
    listed = principals()
    wanted, granted = set(rights(listed, settings)), set(present(admin, listed))
    if wanted - granted:
        admin.ask(lambda client: client.create_acls([binding(right) for right in wanted - granted]))
    surplus = granted - wanted
    if surplus and options.prune:
        admin.ask(lambda client: client.delete_acls([exactly(right) for right in surplus]))
    print(f"{len(listed)} users: {len(wanted - granted)} rights granted, {len(wanted & granted)} were there")
    for right in sorted(surplus, key=told):
        print(f"{'taken back' if options.prune else 'too much'}: {told(right)}")
    if options.passwords is not None:
        passwords(admin, options.passwords, sorted(listed))
    return Exit.REFUSED if surplus and not options.prune else Exit.OK


def show(options: argparse.Namespace, settings: Settings) -> int:
    """Prints what `apply` would grant."""
    for right in rights(principals(), settings):
        print(command(right, settings) if options.commands else told(right))
    return Exit.OK


def principals() -> dict[str, dict[str, Any]]:
    return tomllib.loads(PRINCIPALS.read_text(encoding="utf-8"))


def rights(listed: dict[str, dict[str, Any]], settings: Settings) -> Iterator[Right]:
    """Every right of the file, with the settings' prefixes."""
    for user, principal in listed.items():
        for section, kind in KINDS.items():
            before = settings.topic_prefix if kind is ResourceType.TOPIC else settings.prefix
            for name, operations in principal.get(section, {}).items():
                prefixed = name.endswith("*")
                pattern = ResourcePatternType.PREFIXED if prefixed else ResourcePatternType.LITERAL
                for operation in operations:
                    yield user, kind, before + name.rstrip("*"), pattern, AclOperation[operation.upper()]


def present(admin: Admin, users: dict[str, Any]) -> Iterator[Right]:
    """The rights that Kafka grants these users now."""
    unset: Any = None  # librdkafka's stubs know no filter that leaves something open
    anything = AclBindingFilter(
        ResourceType.ANY,
        unset,
        ResourcePatternType.ANY,
        unset,
        unset,
        AclOperation.ANY,
        AclPermissionType.ALLOW,
    )
    [found] = admin.ask(lambda client: {None: client.describe_acls(anything)})
    for acl in found:
        user = acl.principal.removeprefix("User:")
        if user in users:
            yield user, acl.restype, acl.name, acl.resource_pattern_type, acl.operation


def binding(right: Right) -> AclBinding:
    user, kind, name, pattern, operation = right
    return AclBinding(kind, name, pattern, f"User:{user}", "*", operation, AclPermissionType.ALLOW)


def exactly(right: Right) -> AclBindingFilter:
    user, kind, name, pattern, operation = right
    return AclBindingFilter(kind, name, pattern, f"User:{user}", "*", operation, AclPermissionType.ALLOW)


def told(right: Right) -> str:
    user, kind, name, pattern, operation = right
    star = "*" if pattern is ResourcePatternType.PREFIXED else ""
    return f"{user} may {operation.name.lower()} {kind.name.lower().replace('_', ' ')} {name}{star}"


def command(right: Right, settings: Settings) -> str:
    user, kind, name, pattern, operation = right
    camel = "".join(part.capitalize() for part in operation.name.split("_"))
    return (
        f"kafka-acls.sh --bootstrap-server {settings.brokers} --command-config admin.properties --add "
        f"--allow-principal User:{user} --operation {camel} {OPTIONS[kind]} {name} "
        f"--resource-pattern-type {pattern.name.lower()}"
    )


def passwords(admin: Admin, folder: Path, users: list[str]) -> None:
    """Sets every user's password to that of its file, which is made where it is missing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    changes: list[Any] = []
    for user in users:
        path = folder / user
        if not path.exists():
            with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                file.write(secrets.token_urlsafe(24) + "\n")
        password = path.read_bytes().strip()
        how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS)
        changes.append(UserScramCredentialUpsertion(user, how, password))
    admin.ask(lambda client: client.alter_user_scram_credentials(changes))
    print(f"passwords set from {folder}: {', '.join(users)}")


class Admin:
    """librdkafka's admin client, which tries for ever where it is not let in: this one says so."""

    def __init__(self, settings: Settings) -> None:
        self._heard: list[KafkaError] = []
        options: dict[str, Any] = {**connection(settings), "error_cb": self._heard.append}
        self._client = AdminClient(options)

    def ask(self, question: Callable[[AdminClient], Mapping[Any, Future[Any]]]) -> list[Any]:
        """Every answer, in order. Raises KafkaException with the first error."""
        answers = [*question(self._client).values()]
        while not all(answer.done() for answer in answers):
            self._client.poll(POLL_SECONDS)
            if shut := [error for error in self._heard if error.name() in SHUT_OUT]:
                raise KafkaException(shut[0])
        failed = [error for answer in answers if (error := answer.exception()) is not None]
        if failed:
            raise KafkaException(self._heard[-1]) if self._heard and timed_out(failed[0]) else failed[0]
        return [answer.result() for answer in answers]


def timed_out(error: BaseException) -> bool:
    return isinstance(error, KafkaException) and error.args[0].name() == "_TIMED_OUT"


def connection(settings: Settings) -> dict[str, Any]:
    """librdkafka's names for our settings."""
    given = {
        "bootstrap.servers": settings.brokers,
        "security.protocol": settings.security_protocol,
        "sasl.mechanism": settings.sasl_mechanism if settings.security_protocol.startswith("SASL") else None,
        "sasl.username": settings.sasl_username,
        "sasl.password": settings.sasl_password,
        "ssl.ca.location": settings.ssl_cafile,
        "ssl.certificate.location": settings.ssl_certfile,
        "ssl.key.location": settings.ssl_keyfile,
        "socket.timeout.ms": int(ANSWER_SECONDS * 1000),
        "log_level": 0,
    }
    return {name: value for name, value in given.items() if value not in (None, "")}


if __name__ == "__main__":
    sys.exit(main())
