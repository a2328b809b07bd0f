# ruff: noqa: E501 -- tables read best whole
"""Days as people write them, in the languages of the news."""

import pytest

from streams.cleaning.days import Order, day_in, month_of

LINES = [
    ("20 November 2026", (2026, 11, 20)),
    ("Nov. 20th, 2026", (2026, 11, 20)),
    ("November 20,2026", (2026, 11, 20)),
    ("Den 20 november 2026 kl. 10.30", (2026, 11, 20)),
    ("20. November 2026", (2026, 11, 20)),
    ("1er décembre 2026", (2026, 12, 1)),
    ("20 de noviembre de 2026", (2026, 11, 20)),
    ("20 novembre 2026", (2026, 11, 20)),
    ("20 listopada 2026", (2026, 11, 20)),
    ("20. března 2026", (2026, 3, 20)),
    ("20 травня 2026", (2026, 5, 20)),
    ("20 мая 2026 г.", (2026, 5, 20)),
    ("20 Μαΐου 2026", (2026, 5, 20)),
    ("20 Kasım 2026 Cuma", (2026, 11, 20)),
    ("20. marraskuuta 2026", (2026, 11, 20)),
    ("2026. november 20.", (2026, 11, 20)),
    ("2026 m. gegužės 3 d.", (2026, 5, 3)),
    ("3. maijs, 2026", (2026, 5, 3)),
    ("Ngày 3 tháng 5 năm 2026", (2026, 5, 3)),
    ("3 พฤษภาคม 2569", (2026, 5, 3)),
    ("٣ مايو 2026", (2026, 5, 3)),
    ("יום שישי 3 במאי 2026", (2026, 5, 3)),
    ("३ मई 2026", (2026, 5, 3)),
    ("2026年11月20日", (2026, 11, 20)),
    ("令和8年11月20日", (2026, 11, 20)),
    ("2026년 11월 20일", (2026, 11, 20)),
    ("2026. 11. 20. 09:30", (2026, 11, 20)),
    ("2026.11.20", (2026, 11, 20)),
    ("20.11.2026", (2026, 11, 20)),
    ("11/20/2026", (2026, 11, 20)),
    ("20/11/2026", (2026, 11, 20)),
    ("Published: Fri 20 Nov 2026", (2026, 11, 20)),
]


@pytest.mark.parametrize(("line", "day"), LINES, ids=[line for line, _ in LINES])
def test_a_day_is_read_in_many_languages(line: str, day: tuple[int, int, int]) -> None:
    found = day_in(line)
    assert found is not None
    assert found.day == day


@pytest.mark.parametrize(
    "line",
    [
        "11/12/2026",
        "03-09-2026",
        "iPhone 15 Pro 2026",
        "12 marathons 2026",
        "10 Best Apps 2026",
        "in 2026",
        "1.2.3.2026",
        "2026-2027",
        "",
        "令和",
    ],
)
def test_what_may_be_another_day_or_none_is_not_read(line: str) -> None:
    assert day_in(line) is None


@pytest.mark.parametrize(("order", "day"), [("dmy", (2026, 12, 11)), ("mdy", (2026, 11, 12))])
def test_figures_are_read_in_the_order_of_the_page(order: Order, day: tuple[int, int, int]) -> None:
    found = day_in("11/12/2026", order)
    assert found is not None
    assert found.day == day


@pytest.mark.parametrize(
    ("names", "number"),
    [
        (
            "January januar janvier enero gennaio stycznia leden ocak tammikuuta января січня Ιανουαρίου ינואר",
            1,
        ),
        ("May mai mayo maggio maja květen Mayıs toukokuuta мая травня Μαΐου मई", 5),
        ("June juin junho czerwca červen haziran kesäkuuta июня червня יוני", 6),
        ("July juillet julho lipca červenec temmuz heinäkuuta июля липня", 7),
        ("December décembre dezembro dicembre grudnia prosinec aralık joulukuuta декабря грудня", 12),
    ],
)
def test_months_are_known_by_their_names(names: str, number: int) -> None:
    assert {month_of(name) for name in names.split()} == {number}
    assert {month_of(name.upper()) for name in names.split()} == {number}
