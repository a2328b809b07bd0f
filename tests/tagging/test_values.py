"""Values and what they are normalised to. All is published on Friday, 18 November 2022."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.code_points import codes_of
from streams.tagging.values import values
from streams.tagging.values.currencies import (
    BY_COUNTRY,
    NAMES,
    NAMES_WITH_SCALE,
    SIGNS,
    UNCERTAIN_NAMES,
    UNCERTAIN_SIGNS,
)
from streams.tagging.values.numbers import SCALES
from streams.tagging.values.units import SINGULAR_TIMES, UNITS

PUBLISHED = "2022-11-18T10:00:00Z"


def table(cases: str) -> list[tuple[str, str]]:
    """Rows of "text -> found": what is found as "text = value unit", several parted by ";"."""
    rows = [row.split(" -> ") for row in cases.splitlines() if row]
    return [(text, found) for text, found in rows]


def shown(text: str, published_at: str | None = PUBLISHED, language: str = "en") -> str:
    found = values(text, published_at, language)
    parts = [
        f"{v.text} = {v.value if v.value is not None else '?'}{' ' + v.unit if v.unit else ''}" for v in found
    ]
    return "; ".join(parts) or "nothing"


DATES = """
on Thursday it said -> Thursday = 2022-11-17
It fell on Friday night -> Friday night = 2022-11-18
He will speak on Monday -> Monday = 2022-11-21
It was sold on Monday -> Monday = 2022-11-14
They met on Wednesday morning -> Wednesday morning = 2022-11-16
She told reporters Tuesday -> Tuesday = 2022-11-15
It opens on Saturday -> Saturday = ?
It was closed on Saturday -> Saturday = ?
It is due to open on Sunday -> Sunday = 2022-11-20
before Tuesday -> Tuesday = ?
He died on Tuesday -> Tuesday = 2022-11-15
Leaders met last week -> last week = 2022-W45
They meet next week -> next week = 2022-W47
this week -> this week = 2022-W46
next month -> next month = 2022-12
last month -> last month = 2022-10
this month -> this month = 2022-11
last year -> last year = 2021
this year -> this year = 2022
next year -> next year = 2023
last weekend -> last weekend = 2022-11-12/2022-11-13
this weekend -> this weekend = 2022-11-19/2022-11-20
next weekend -> next weekend = ?
last night -> last night = 2022-11-17
this morning -> this morning = 2022-11-18
yesterday -> yesterday = 2022-11-17
yesterday morning -> yesterday morning = 2022-11-17
tomorrow -> tomorrow = 2022-11-19
today -> today = 2022-11-18
tonight -> tonight = 2022-11-18
the day before yesterday -> the day before yesterday = 2022-11-16
the day after tomorrow -> the day after tomorrow = 2022-11-20
two days ago -> two days ago = 2022-11-16
10 days ago -> 10 days ago = 2022-11-08
three weeks ago -> three weeks ago = 2022-W43
six months ago -> six months ago = 2022-05
20 years ago -> 20 years ago = 2002
two decades ago -> two decades ago = ?
a week ago -> a week ago = 2022-W45
a year ago -> a year ago = 2021
one month ago -> one month ago = 2022-10
last Monday -> last Monday = 2022-11-14
last Thursday -> last Thursday = ?
next Thursday -> next Thursday = 2022-11-24
next Saturday -> next Saturday = ?
this Sunday -> this Sunday = 2022-11-20
this Monday -> this Monday = ?
last March -> last March = 2022-03
this May -> this May = 2022-05
next May -> next May = ?
in 2019 -> 2019 = 2019
since 1998 -> 1998 = 1998
by 2030 -> 2030 = 2030
the 2022 World Cup -> 2022 = 2022
(2015) -> 2015 = 2015
summer 2020 -> 2020 = 2020
the 1990s -> 1990s = 1990/1999
mid-1980s -> 1980s = 1980/1989
the '90s -> '90s = 1990/1999
19th century -> 19th century = 1801/1900
a 20th-century poet -> 20th-century = 1901/2000
March 2020 -> March 2020 = 2020-03
in June 2020 he -> June 2020 = 2020-06
March of 2020 -> March of 2020 = 2020-03
15-17 March 2021 -> 15-17 March 2021 = 2021-03-15/2021-03-17
March 15-17, 2021 -> March 15-17, 2021 = 2021-03-15/2021-03-17
November 18, 2022 -> November 18, 2022 = 2022-11-18
on 3 May 2021. -> 3 May 2021 = 2021-05-03
the 18th of November 2021 -> 18th of November 2021 = 2021-11-18
18th November 2021 -> 18th November 2021 = 2021-11-18
Nov. 18 -> Nov. 18 = 2022-11-18
Nov. 7 -> Nov. 7 = 2022-11-07
28 December -> 28 December = 2022-12-28
on Thursday, Nov. 17 -> Thursday, Nov. 17 = 2022-11-17
Thursday, November 17, 2022 -> Thursday, November 17, 2022 = 2022-11-17
Thursday (Nov 17) -> Thursday (Nov 17) = 2022-11-17
Thursday 17 November -> Thursday 17 November = 2022-11-17
Q3 2021 -> Q3 2021 = 2021-07/2021-09
the third quarter of 2021 -> the third quarter of 2021 = 2021-07/2021-09
the first half of 2022 -> the first half of 2022 = 2022-01/2022-06
2019-20 -> 2019-20 = 2019/2020
2019-2021 -> 2019-2021 = 2019/2021
since 2020-02-03 -> 2020-02-03 = 2020-02-03
12/25/2021 -> 12/25/2021 = 2021-12-25
25/12/2021 -> 25/12/2021 = 2021-12-25
03/04/2021 -> 03/04/2021 = ?
05/05/2021 -> 05/05/2021 = 2021-05-05
the Jan. 6 committee -> Jan. 6 = --01-06
the Sept. 11 attacks -> Sept. 11 = --09-11
in March he said -> March = 2022-03
It will open in January -> January = 2023-01
In this May 4, 2020, photo -> May 4, 2020 = 2020-05-04
It was built in October -> October = 2022-10
29 February 2020 -> 29 February 2020 = 2020-02-29
"""
MONEY = """
about $100million a -> $100million = 100000000.0
paid US$1.1bn for -> US$1.1bn = 1100000000.0 USD
paid £3,200 for -> £3,200 = 3200.0 GBP
20 million euros were -> 20 million euros = 20000000.0 EUR
two million euros -> two million euros = 2000000.0 EUR
$5 -> $5 = 5.0
A$5 -> A$5 = 5.0 AUD
C$2m -> C$2m = 2000000.0 CAD
HK$30 -> HK$30 = 30.0 HKD
S$4.50 -> S$4.50 = 4.5 SGD
NZ$3 million -> NZ$3 million = 3000000.0 NZD
R$8 -> R$8 = 8.0 BRL
$5-10 million -> $5 = 5000000.0; 10 million = 10000000.0
$5-$10 million -> $5 = 5000000.0; $10 million = 10000000.0
$5 to $10 million -> $5 = 5000000.0; $10 million = 10000000.0
$500 to $1 million -> $500 = 500.0; $1 million = 1000000.0
£1.2bn -> £1.2bn = 1200000000.0 GBP
£300k -> £300k = 300000.0 GBP
€3.5 million -> €3.5 million = 3500000.0 EUR
¥500 -> ¥500 = 500.0
Rs 500 crore -> Rs 500 crore = 5000000000.0
Rs. 2 lakh -> Rs. 2 lakh = 200000.0
₹500 -> ₹500 = 500.0 INR
50 cents -> 50 cents = 0.5
50p -> 50p = 0.5 GBP
20 pence -> 20 pence = 0.2 GBP
five dollars -> five dollars = 5.0
a million dollars -> a million dollars = 1000000.0
half a million dollars -> half a million dollars = 500000.0
a hundred dollars -> a hundred dollars = 100.0
300 yen -> 300 yen = 300.0 JPY
5 million Hong Kong dollars -> 5 million Hong Kong dollars = 5000000.0 HKD
two million Australian dollars -> two million Australian dollars = 2000000.0 AUD
40 US dollars -> 40 US dollars = 40.0 USD
US$5-10 million -> US$5 = 5000000.0 USD; 10 million = 10000000.0 USD
3 million Swiss francs -> 3 million Swiss francs = 3000000.0 CHF
500 Mexican pesos -> 500 Mexican pesos = 500.0 MXN
2 million pounds -> 2 million pounds = 2000000.0
50 pounds sterling -> 50 pounds sterling = 50.0 GBP
200 Egyptian pounds -> 200 Egyptian pounds = 200.0 EGP
$50 USD -> $50 USD = 50.0 USD
$2 million (US) -> $2 million (US) = 2000000.0 USD
EUR 500 -> EUR 500 = 500.0 EUR
USD 5 million -> USD 5 million = 5000000.0 USD
R500 million -> R500 million = 500000000.0 ZAR
N5bn -> N5bn = 5000000000.0 NGN
3 billion won -> 3 billion won = 3000000000.0 KRW
700 rupees -> 700 rupees = 700.0
200 Indian rupees -> 200 Indian rupees = 200.0 INR
between $5 and $6 -> $5 = 5.0; $6 = 6.0
1,50,000 rupees -> 1,50,000 rupees = 150000.0
$1.5-billion -> $1.5-billion = 1500000000.0
a $15-an-hour wage -> $15 = 15.0
5 trillion yuan -> 5 trillion yuan = 5000000000000.0 CNY
RM500 -> RM500 = 500.0 MYR
2 billion naira -> 2 billion naira = 2000000000.0 NGN
"""
SHARES = """
some 12.5 per cent of -> 12.5 per cent = 12.5 %
up 7%. -> 7% = 7.0 %
five per cent -> five per cent = 5.0 %
ninety-five percent -> ninety-five percent = 95.0 %
5-10% -> 5 = 5.0 %; 10% = 10.0 %
5 to 10 per cent -> 5 = 5.0 %; 10 per cent = 10.0 %
between 5 and 10 per cent -> 5 = 5.0 %; 10 per cent = 10.0 %
fell -2.5% -> -2.5% = -2.5 %
a 10-percent rise -> 10-percent = 10.0 %
half a per cent -> half a per cent = 0.5 %
10pc -> 10pc = 10.0 %
2.5 percentage points -> 2.5 percentage points = 2.5 pp
25 basis points -> 25 basis points = 25.0 bp
a three percentage point lead -> three percentage point = 3.0 pp
0.1 percent -> 0.1 percent = 0.1 %
"""
QUANTITIES = r"""
a 20 km march -> 20 km = 20.0 km
1.1 million acres burnt -> 1.1 million acres = 1100000.0 acre
100-mile -> 100-mile = 100.0 mi
twenty-five miles -> twenty-five miles = 25.0 mi
two dozen miles -> two dozen miles = 24.0 mi
half a mile -> half a mile = 0.5 mi
half-mile -> half-mile = 0.5 mi
two or three miles -> two = 2.0 mi; three miles = 3.0 mi
5-10 miles -> 5 = 5.0 mi; 10 miles = 10.0 mi
between 5 and 10 km -> 5 = 5.0 km; 10 km = 10.0 km
5ft 10in -> 5ft 10in = 70.0 in
5ft 10 -> 5ft 10 = 70.0 in
6-foot-2 -> 6-foot-2 = 74.0 in
6'2" -> 6'2" = 74.0 in
six feet -> six feet = 6.0 ft
30C -> 30C = 30.0 °C
-5C -> -5C = -5.0 °C
minus 5 degrees Celsius -> minus 5 degrees Celsius = -5.0 °C
30 degrees -> 30 degrees = 30.0 °
86F -> 86F = 86.0 °F
20 degrees Celsius -> 20 degrees Celsius = 20.0 °C
60 miles per hour -> 60 miles per hour = 60.0 mph
90 mph -> 90 mph = 90.0 mph
300,000 barrels a day -> 300,000 barrels a day = 300000.0 bbl/d
20 pounds of cocaine -> 20 pounds = 20.0 lb
a 200-pound man -> 200-pound = 200.0 lb
weighing 200 pounds -> 200 pounds = 200.0 lb
100g -> 100g = 100.0 g
a 100m sprint -> 100m = 100.0 m
5 square miles -> 5 square miles = 5.0 mi2
10 sq km -> 10 sq km = 10.0 km2
12 cubic metres -> 12 cubic metres = 12.0 m3
500MW -> 500MW = 500.0 MW
two and a half years -> two and a half years = 2.5 year
three-and-a-half-year -> three-and-a-half-year = 3.5 year
10 years -> 10 years = 10.0 year
an 82-year-old -> 82-year = 82.0 year
three hours -> three hours = 3.0 h
a 30-minute walk -> 30-minute = 30.0 min
one year -> one year = 1.0 year
12 stone -> 12 stone = 12.0 st
500 tonnes -> 500 tonnes = 500.0 t
two tons -> two tons = 2.0 ton
a hundred and fifty miles -> a hundred and fifty miles = 150.0 mi
3½ miles -> 3½ miles = 3.5 mi
one hundred and twenty thousand miles -> one hundred and twenty thousand miles = 120000.0 mi
5GB -> 5GB = 5.0 GB
"""
NOTHING = """
February 31 -> nothing
2021-13-01 -> nothing
an A320 landed -> nothing
10,000 men -> nothing
version 3.4.5km -> nothing
Black Friday -> nothing
Sheffield Wednesday -> nothing
the Sunday Times -> nothing
on Mondays -> nothing
every Friday -> nothing
one day -> nothing
May I ask -> nothing
a long March -> nothing
two thirds -> nothing
2-1 -> nothing
100m people -> nothing
million -> nothing
Section 30C -> nothing
Flight 370 -> nothing
the next day -> nothing
the last year -> nothing
often -> nothing
COVID-19 -> nothing
1/2 mile -> nothing
2,000 people -> nothing
one of them -> nothing
at 10:30 -> nothing
"""
FOREIGN = """
1.234,5 € -> 1.234,5 € = 1234.5 EUR
1,234.5 € -> 1,234.5 € = 1234.5 EUR
12 % -> 12 % = 12.0 %
5,5 % -> 5,5 % = 5.5 %
12% -> 12% = 12.0 %
€ 5 -> € 5 = 5.0 EUR
€5 -> €5 = 5.0 EUR
€5 Mio -> €5 = ? EUR
1.234 € -> 1.234 € = ? EUR
0,123 % -> 0,123 % = 0.123 %
12 345 € -> 12 345 € = 12345.0 EUR
2020-02-03 -> 2020-02-03 = 2020-02-03
2020-02-30 -> nothing
20 km -> 20 km = 20.0 km
20 °C -> 20 °C = 20.0 °C
am 5. Mai -> nothing
1.234.567 € -> 1.234.567 € = 1234567.0 EUR
5 Euro -> nothing
US$5 -> US$5 = 5.0 USD
500 MW -> 500 MW = 500.0 MW
"""
UNDATED = """
on Thursday -> Thursday = ?
yesterday -> yesterday = ?
last week -> last week = ?
Nov. 18 -> Nov. 18 = --11-18
in March -> March = --03
two days ago -> two days ago = ?
March 2020 -> March 2020 = 2020-03
in 2019 -> 2019 = 2019
15-17 March -> 15-17 March = --03-15/--03-17
"""


@pytest.mark.parametrize(("text", "expected"), table(DATES + MONEY + SHARES + QUANTITIES + NOTHING))
def test_english_values_are_found_and_normalised(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(("text", "expected"), table(FOREIGN))
def test_other_languages_give_what_digits_and_signs_make_certain(text: str, expected: str) -> None:
    assert shown(text, language="de") == expected


@pytest.mark.parametrize(("text", "expected"), table(UNDATED))
def test_without_a_day_of_publication_what_depends_on_it_stays_out(text: str, expected: str) -> None:
    assert shown(text, None) == expected


COUNTED = [
    *(name for name in UNITS if name not in SINGULAR_TIMES),
    *NAMES,
    *(name + "s" for name in UNCERTAIN_NAMES),
    *(f"million {name}" for name in NAMES_WITH_SCALE),
    *(f"{scale} euros" for scale in SCALES),
    *(f"{country} {name}s" for country, name in BY_COUNTRY),
]


def test_every_unit_and_currency_that_is_read_behind_a_number_is_looked_for() -> None:
    assert [name for name in COUNTED if not values(f"some 20 {name}, it")] == []
    assert [name for name in COUNTED if not values(f"some 20-30 {name}, it")] == []


@pytest.mark.parametrize("gap", ["", " "])
def test_every_sign_of_money_is_looked_for_before_a_number(gap: str) -> None:
    assert [sign for sign in (*SIGNS, *UNCERTAIN_SIGNS) if not values(f"some {sign}{gap}20 of it")] == []


@pytest.mark.parametrize("text", ["it rose 5%. " * 5, "on Monday, 5 May 2020 " * 5, "$5-10 million, " * 5])
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_first_values_are_those_of_the_whole_text(text: str, language: str) -> None:
    every = values(text, PUBLISHED, language)
    assert all(values(text, PUBLISHED, language, most=most) == every[:most] for most in range(len(every) + 2))


def test_kinds_are_told_apart() -> None:
    found = values("On 3 May 2021 it paid $5 for 20 km, 7% less", PUBLISHED)
    assert [value.kind.value for value in found] == ["date", "money", "quantity", "percent"]


PIECES = st.sampled_from(
    [
        "1",
        "12",
        "2019",
        "1,000",
        "1.5",
        "$",
        "£",
        "€",
        "%",
        "two",
        "hundred",
        "million",
        "and",
        "a",
        "half",
        "last",
        "next",
        "this",
        "week",
        "Monday",
        "May",
        "March",
        "18",
        "th",
        "days",
        "ago",
        "km",
        "feet",
        "pounds",
        "to",
        "-",
        "–",
        "between",
        ",",
        ".",
        "Rs",
        "bn",
        "in",
        "the",
        "since",
        "'",
        "s",
        "5ft",
        "10in",
        "C",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join))


@given(text=TEXTS, published_at=st.sampled_from([None, "", "soon", PUBLISHED, "0001-01-01T00:00:00Z"]))
@pytest.mark.parametrize("language", ["en", "de"])
def test_values_slice_back_in_order_without_overlap(
    text: str, published_at: str | None, language: str
) -> None:
    found = values(text, published_at, language)
    assert all(v.text and text[v.start : v.end] == v.text for v in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    for value in found:
        assert value.value is None or isinstance(value.value, str) == (value.kind.value == "date")


@pytest.mark.parametrize("piece", ["1,", "on ", "1", "a ", "two ", "$", "1-", "last "])
def test_hostile_repetition_passes(piece: str) -> None:
    text = piece * 20_000
    assert all(text[v.start : v.end] == v.text for v in values(text, PUBLISHED))


def test_code_points_that_are_at_hand_need_not_be_taken_again() -> None:
    text = "It cost €5m on Thursday."
    assert values(text, PUBLISHED, codes=codes_of(text)) == values(text, PUBLISHED) != ()
