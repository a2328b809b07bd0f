"""Values and what they are normalised to."""

import pytest

from streams.tagging.values import values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on November 18, 2022 it", ("date", "November 18, 2022", "2022-11-18", None)),
        ("on 3 May 2021.", ("date", "3 May 2021", "2021-05-03", None)),
        ("in June 2020 he", ("date", "June 2020", "2020-06", None)),
        ("on Nov. 7 she", ("date", "Nov. 7", "--11-07", None)),
        ("since 2020-02-03", ("date", "2020-02-03", "2020-02-03", None)),
        ("about $100million a", ("money", "$100million", 1e8, None)),
        ("paid US$1.1bn for", ("money", "US$1.1bn", 1.1e9, "USD")),
        ("paid £3,200 for", ("money", "£3,200", 3200.0, "GBP")),
        ("20 million euros were", ("money", "20 million euros", 2e7, "EUR")),
        ("some 12.5 per cent of", ("percent", "12.5 per cent", 12.5, "%")),
        ("up 7%.", ("percent", "7%", 7.0, "%")),
        ("a 20 km march", ("quantity", "20 km", 20.0, "km")),
        ("1.1 million acres burnt", ("quantity", "1.1 million acres", 1.1e6, "acre")),
    ],
)
def test_a_value_is_found_and_normalised(text: str, expected: tuple[str, str, object, str | None]) -> None:
    (value,) = values(text)
    assert (value.kind.value, value.text, value.value, value.unit) == expected


@pytest.mark.parametrize(
    "text", ["February 31", "2021-13-01", "an A320 landed", "10,000 men", "version 3.4.5km"]
)
def test_what_is_no_value_is_left_alone(text: str) -> None:
    assert values(text) == ()
