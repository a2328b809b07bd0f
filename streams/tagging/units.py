"""Names of scales, currencies, units and months, with what they are normalised to."""

SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "lakh": 1e5,
    "crore": 1e7,
}
SCALES |= {"billion": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12}


def _table(*rows: str) -> dict[str, str]:
    """Name to symbol, from rows of a symbol and its names: "km: kilometres, kilometre"."""
    return {name: row.split(": ")[0] for row in rows for name in row.split(": ")[1].split(", ")}


CURRENCIES = _table(
    "USD: US$, USD, US dollar",
    "AUD: A$, AU$, AUD",
    "CAD: C$, CA$, CAD",
    "NZD: NZ$",
    "HKD: HK$",
    "SGD: S$",
    "TWD: NT$",
    "BRL: R$",
    "EUR: €, EUR, euro",
    "GBP: £, GBP",
    "JPY: JPY, yen",
    "CNY: CNY, yuan, renminbi",
    "CHF: CHF",
    "INR: ₹, INR",
    "RUB: ₽, ruble, rouble",
    "KRW: ₩",
    "NGN: ₦, naira",
    "TRY: ₺",
    "UAH: ₴",
    "ILS: ₪",
    "PHP: ₱",
    "THB: ฿, baht",
    "MYR: ringgit",
    "PLN: zloty",
    "ZAR: rand",
)
"""What names one currency and no other: "$", "¥", "pounds" and "dollars" do not, their unit stays unknown."""
UNITS = _table(
    "km: kilometres, kilometre, kilometers, kilometer, km, kms",
    "m: metres, metre, meters, meter",
    "cm: centimetres, centimetre, centimeters, centimeter, cm",
    "mm: millimetres, millimeters, mm",
    "mi: miles, mile",
    "ft: feet",
    "in: inches",
    "yd: yards",
    "ha: hectares, hectare",
    "acre: acres, acre",
    "kg: kilograms, kilogram, kilos, kg",
    "t: tonnes, tonne",
    "L: litres, litre, liters, liter",
    "mph: mph",
    "km/h: km/h, kph",
    "°C: °C, degrees Celsius",
    "°F: °F, degrees Fahrenheit",
    "bbl: barrels",
    "MW: megawatts, MW",
    "GW: gigawatts, GW",
    "km2: square kilometres, square kilometers",
    "mi2: square miles",
    "m2: square metres, square meters",
)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "January Jan",
            "February Feb",
            "March Mar",
            "April Apr",
            "May",
            "June Jun",
            "July Jul",
            "August Aug",
            "September Sept Sep",
            "October Oct",
            "November Nov",
            "December Dec",
        ),
        start=1,
    )
    for name in names.split()
}
DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
