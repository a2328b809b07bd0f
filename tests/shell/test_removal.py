"""What a person is told, and what is sent, before an article is taken away."""

import orjson
import pytest

from streams.cleaning.url import article_id
from streams.events import Failed
from streams.shell.removal import KEPT, remains, withdrawal_of
from streams.shell.settings import Settings
from streams.shell.topics import wanted
from streams.vocabulary import FailureReason


def test_every_topic_that_keeps_what_was_erased_is_told_with_its_setting() -> None:
    settings = Settings(topic_prefix="staging.", retention_raw_days=30)
    kept = {topic.name for topic in wanted(settings) if "retention.ms" in topic.configs}
    assert len(kept) == len(KEPT)
    told = "\n".join(remains(settings))
    assert all(name in told for name in kept)
    assert "30 days  COPYDESK_RETENTION_RAW_DAYS" in told
    assert "7 days  COPYDESK_COMPACTION_DAYS" in told


def test_a_withdrawal_has_the_id_of_its_canonical_url() -> None:
    made = withdrawal_of("https://gazette.example/ferry?utm_source=x")
    assert isinstance(made, tuple)
    value, event = made
    assert orjson.loads(value) == {
        "url": "https://gazette.example/ferry?utm_source=x",
        "status": "withdrawn",
    }
    assert event.id == article_id("https://gazette.example/ferry")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://", FailureReason.SCHEMA),
        (f"https://gazette.example/{5000 * 'x'}", FailureReason.SCHEMA),
        ("https://gazette.example/\udcff", FailureReason.ENCODING),
    ],
    ids=["no host", "too long", "no unicode"],
)
def test_what_is_no_url_is_no_withdrawal(url: str, reason: FailureReason) -> None:
    refused = withdrawal_of(url)
    assert isinstance(refused, Failed)
    assert refused.reason is reason
