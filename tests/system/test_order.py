"""Invariant I6 through Kafka: in whatever order articles come, each ends as a copy of the same one."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.system.conftest import MakeDesk
from tests.system.desk import START_SECONDS, Desk
from tests.system.generated import article, text, url
from tests.system.kafka import Kafka, Sent, wait_for
from tests.system.plug import sitecustomize as plug

PLUG = Path(plug.__file__).parent

STORIES = 40
# Of each story: an original, two copies, one with a paragraph more, one cut short, an original that is dated
# before all of them; and an article that nobody copies, in two versions.
EXACT, NEAR, ORIGINALS = 3, 2, 2


def hour(number: int) -> str:
    return f"2026-01-{1 + number // 24:02}T{number % 24:02}:00:00Z"


def story(number: int) -> list[Sent]:
    """The records of one story; versions of one URL in their order."""
    full = text(number)
    cut = "\n\n".join(full.split("\n\n")[:9])
    longer = f"{full}\n\nThe editors have added one more line to the story number {number}."
    lonely = text(1_000 + number)
    bodies = [full, full, full, longer, cut, full]
    dates = [10, 11, 12, 13, 14, 5]  # hours: the last one is the original
    family = [
        article(10 * number + i, content=body, published_at=hour(date))
        for i, (body, date) in enumerate(zip(bodies, dates, strict=True))
    ]
    alone = 10 * number + len(family)
    versions = [lonely, f"{lonely}\n\nThis second version of {number} says a little more than the first."]
    return [*family, *(article(alone, content=body, published_at=hour(9)) for body in versions)]


def ends(desk: Desk) -> dict[str, tuple[str, str | None]]:
    """url -> the last relation, and the URL that it names."""
    last = {record.event["id"]: record.event for record in desk.read("articles.enriched")}
    urls = {identifier: event["url"] for identifier, event in last.items()}
    return {
        event["url"]: (event["duplicate"]["relation"], urls.get(event["duplicate"].get("of")))
        for event in last.values()
    }


def shuffled(records: list[Sent], seed: int) -> list[Sent]:
    """In any order, some twice; no two versions of a URL change places, as in a partition of articles.raw."""
    source = random.Random(seed)  # noqa: S311 - the same on every run
    drawn = [*records, *source.sample(records, len(records) // 5)]
    source.shuffle(drawn)
    in_turn = {key: iter([r for r in records if r.key == key] * 2) for key in {r.key for r in records}}
    versions = {key for key in in_turn if len({r.value for r in records if r.key == key}) > 1}
    return [next(in_turn[record.key]) if record.key in versions else record for record in drawn]


def test_i6_two_orders_of_arrival_end_in_the_same_relations(kafka: Kafka, open_desk: MakeDesk) -> None:
    raw = [record for number in range(STORIES) for record in story(number)]
    desks = []
    for seed in (1, 2):
        desk = open_desk(kafka, f"order{seed}")
        kafka.send(desk.topic("articles.raw"), shuffled(raw, seed))
        desk.worker()
        desks.append(desk)
    for desk in desks:
        desk.settle()
    one, other = (ends(desk) for desk in desks)
    changed = [place for place in one.keys() | other.keys() if one.get(place) != other.get(place)]
    assert changed == []

    relations = [relation for relation, _ in one.values()]
    counted = tuple(relations.count(name) for name in ("exact", "near", "original"))
    assert counted == (EXACT * STORIES, NEAR * STORIES, ORIGINALS * STORIES)
    for number in range(STORIES):
        original = url(10 * number + 5)
        assert [one[url(10 * number + i)][1] for i in range(3)] == [original] * 3
    arrivals = [len(desk.read("articles.enriched")) for desk in desks]
    assert min(arrivals) > len(one), "nothing was decided again: this test shows nothing"


def test_a_page_that_hangs_keeps_no_article_of_another_partition(desk: Desk) -> None:
    """They are judged together: the article does not wait until the page's time is over, also not one that
    comes together with what has to wait behind the page.
    """
    raw, page = desk.topic("articles.raw"), {"url": "https://gazette.example/hangs"}
    hanging = Sent(json.dumps(page | {"content": plug.HANGS.decode()}).encode(), b"hangs")
    desk.kafka.send(raw, [hanging], partition=0)
    desk.kafka.send(raw, [article(0)], partition=1)
    desk.worker("clean", plug=PLUG, processes=2, stage_seconds=60)
    wait_for("the article is there", START_SECONDS, lambda: desk.read("articles.cleaned"))
    for number in range(1, 4):
        desk.kafka.send(raw, [article(100 + number)], partition=0)
        desk.kafka.send(raw, [article(number)], partition=1)
        wait_for(
            "the next one is there",
            START_SECONDS,
            lambda number=number: len(desk.read("articles.cleaned")) == number + 1,  # type: ignore[misc]
        )
    assert not desk.read("articles.deadletter")
