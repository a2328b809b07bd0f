"""A worker that only fails stops, says why and how to go on, and drains nothing."""

from pathlib import Path

from tests.system.desk import Desk
from tests.system.generated import articles, url
from tests.system.kafka import Sent
from tests.system.plug import sitecustomize as plug

GOOD, BROKEN = 3, 60  # more than the 50 in a row that are taken
BAD_DEPLOYMENT = Path(plug.__file__).parent / "bad_deployment"
MANY, BAD_SECONDS = 200, 240


def sent(desk: Desk) -> None:
    broken = [Sent(b"<no event %d>" % i, b"key") for i in range(BROKEN)]
    records = [*articles(0, GOOD), *broken, *articles(GOOD, GOOD)]
    desk.kafka.send(desk.topic("articles.raw"), records, partition=0)


def test_50_failures_in_a_row_end_the_worker_before_it_drains_the_topic(desk: Desk) -> None:
    sent(desk)
    for _start in range(2):  # a restart must not eat its way through either
        worker = desk.worker("clean")
        assert worker.wait() == 78
        [line] = worker.logged("stopping")
        assert f"{desk.topic('articles.raw')}/0/{GOOD}: not_json" in line["reason"]
        assert "copydesk worker clean --accept-failures" in line["reason"]
        assert not [other for other in worker.log() if "Traceback" in str(other)]
    refused = len(desk.read("articles.deadletter"))
    assert refused < 50
    assert (
        desk.kafka.committed(f"{desk.name}.clean").get((desk.topic("articles.raw"), 0), 0) <= GOOD + refused
    )


def test_accept_failures_goes_on_through_them(desk: Desk) -> None:
    sent(desk)
    worker = desk.worker("clean", "--accept-failures", str(BROKEN))
    desk.settle("clean")
    assert len(desk.read("articles.deadletter")) == BROKEN
    assert len(desk.read("articles.cleaned")) == 2 * GOOD
    assert worker.terminate() == 0


def test_a_tenth_of_failures_among_good_records_ends_the_worker(desk: Desk) -> None:
    mixed = [
        r for i, good in enumerate(articles(0, 100)) for r in (good, *[Sent(b"broken %d" % i)] * (i % 5 == 0))
    ]
    desk.kafka.send(desk.topic("articles.raw"), mixed, partition=0)
    worker = desk.worker("clean", failure_window=100, poll_records=20)
    assert worker.wait() == 78
    [line] = worker.logged("stopping")
    assert "11 of the last" in line["reason"]
    assert len(desk.read("articles.deadletter")) <= 10


def test_a_version_that_fails_on_everything_stops_for_good_and_the_mended_one_does_the_rest(
    desk: Desk,
) -> None:
    desk.kafka.send(desk.topic("articles.raw"), articles(0, MANY))
    supervisor = desk.worker(plug=BAD_DEPLOYMENT)
    assert supervisor.wait(BAD_SECONDS) == 78
    [told] = supervisor.logged("a stage has stopped for good")
    assert (told["stage"], told["code"]) == ("clean", 78)
    assert not supervisor.logged("a stage has ended; starting it again")
    refused = {record.key for record in desk.read("articles.deadletter")}
    assert len(refused) < 50
    assert not desk.read("articles.cleaned")

    mended = desk.worker()
    desk.settle()
    enriched = [record.event["url"].encode() for record in desk.read("articles.enriched")]
    assert sorted([*enriched, *refused]) == sorted(url(number).encode() for number in range(MANY))
    assert mended.terminate() == 0
