"""Settings come from the environment and from nowhere else; a wrong one is named with what it may be."""

from dataclasses import fields
from pathlib import Path

import pytest

from streams.shell.exits import Exit, Fatal
from streams.shell.settings import MASK, Settings, domains, origins, read_settings


def refused(**environment: str) -> str:
    with pytest.raises(Fatal) as wrong:
        read_settings({f"COPYDESK_{name}": value for name, value in environment.items()})
    assert wrong.value.code is Exit.SETTINGS
    return str(wrong.value)


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read_settings({"PATH": "/bin", "HOME": "/"}) == Settings()


def test_a_variable_sets_its_field_in_the_fields_type() -> None:
    read = read_settings(
        {
            "COPYDESK_BROKERS": "one:9092,two:9092",
            "COPYDESK_PARTITIONS": "12",
            "COPYDESK_STAGE_SECONDS": "2.5",
            "COPYDESK_VALIDATE_RAW": "No",
            "COPYDESK_LOG_LEVEL": "debug",
        }
    )
    assert read == Settings(
        brokers="one:9092,two:9092", partitions=12, stage_seconds=2.5, validate_raw=False, log_level="debug"
    )


def test_a_secret_may_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("hush hush\n", encoding="utf-8")
    assert read_settings({"COPYDESK_SASL_PASSWORD_FILE": str(file)}).sasl_password == "hush hush"  # noqa: S105


def test_a_secret_in_the_environment_wins_over_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from the file", encoding="utf-8")
    both = {"COPYDESK_SASL_PASSWORD_FILE": str(file), "COPYDESK_SASL_PASSWORD": "given"}
    assert read_settings(both).sasl_password == "given"  # noqa: S105


def test_a_secrets_file_that_is_missing_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    assert missing in refused(SASL_PASSWORD_FILE=missing)


def test_what_is_no_secret_has_no_file_form() -> None:
    assert "COPYDESK_BROKERS_FILE is no setting" in refused(BROKERS_FILE="/etc/hosts")


def test_a_variable_that_is_no_setting_is_refused() -> None:
    """A typing error must not pass for a setting."""
    assert "COPYDESK_BROKER is no setting" in refused(BROKER="one:9092")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PARTITIONS", "many", "must be a number"),
        ("PARTITIONS", "2.5", "must be a number"),
        ("PARTITIONS", "0", "at least 1"),
        ("STAGE_SECONDS", "nan", "at least 0.1"),
        ("VALIDATE_RAW", "perhaps", "true or false"),
        ("SECURITY_PROTOCOL", "TLS", "SASL_SSL"),
        ("LOG_FORMAT", "xml", "auto, json, text"),
        ("SESSION_SECONDS", "30", "COPYDESK_REQUEST_SECONDS=12"),
        ("SECURITY_PROTOCOL", "SASL_SSL", "COPYDESK_SASL_USERNAME"),
        ("MIN_INSYNC", "2", "COPYDESK_REPLICATION=1"),
        ("DEDUP_DOMAINS", "en", "write en=0,*=1"),
        ("DEDUP_DOMAINS", "en=0", "needs *"),
        ("DEDUP_DOMAINS", "en=0,*=2", "every partition from 0 up"),
        ("DEDUP_DOMAINS", "", "write en=0,*=1"),
        ("DEDUP_DOMAINS", "en=-1,*=0", "write en=0,*=1"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_may_be(name: str, value: str, said: str) -> None:
    message = refused(**{name: value})
    assert f"COPYDESK_{name}={value}" in message
    assert said in message


def test_domains_give_each_language_its_partition() -> None:
    assert domains(Settings(dedup_domains="en=0, fr=1 ,*=2")) == {"en": 0, "fr": 1, "*": 2}


def test_every_setting_has_a_help_line() -> None:
    assert [f.name for f in fields(Settings) if not f.metadata["help"]] == []


def test_every_default_is_within_its_own_bounds() -> None:
    given = {f"COPYDESK_{f.name.upper()}": str(f.default) for f in fields(Settings) if f.default != ""}
    assert read_settings(given) == Settings()


def test_secrets_are_masked_and_their_origin_told(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("hush", encoding="utf-8")
    environment = {"COPYDESK_SASL_PASSWORD_FILE": str(file), "COPYDESK_PARTITIONS": "3"}
    listed = {o.variable: (o.value, o.origin) for o in origins(read_settings(environment), environment)}
    assert listed["COPYDESK_SASL_PASSWORD"] == (MASK, "file")
    assert listed["COPYDESK_PARTITIONS"] == ("3", "environment")
    assert listed["COPYDESK_REPLICATION"] == ("1", "default")
    assert "hush" not in str(listed)
    assert dict(origins_of_defaults())["COPYDESK_SASL_PASSWORD"] == ""


def origins_of_defaults() -> list[tuple[str, str]]:
    return [(o.variable, o.value) for o in origins(Settings(), {})]


def test_a_wrong_secret_is_not_repeated() -> None:
    assert "hush" not in refused(SASL_PASSWORD="hush", SECURITY_PROTOCOL="SASL_SSL")  # noqa: S106


def test_a_number_must_be_finite() -> None:
    with pytest.raises(Fatal, match="finite"):
        read_settings({"COPYDESK_STAGE_SECONDS": "inf"})


def test_a_number_beyond_what_kafka_or_a_port_can_hold_is_refused() -> None:
    for variable, value in (("REPLICATION", "99999999999"), ("METRICS_PORT", "65534")):
        with pytest.raises(Fatal, match="at most"):
            read_settings({f"COPYDESK_{variable}": value})
