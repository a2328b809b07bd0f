"""Units of quantities by the names that news gives them, with the symbols they are normalised to."""


def _table(*rows: str) -> dict[str, str]:
    """Name to symbol, from rows of a symbol and its names: "km: kilometres, kilometre"."""
    return {name: row.split(": ")[0] for row in rows for name in row.split(": ")[1].split(", ")}


UNITS = _table(
    "km: kilometres, kilometre, kilometers, kilometer, km, kms",
    "m: metres, metre, meters, meter",
    "cm: centimetres, centimetre, centimeters, centimeter, cm",
    "mm: millimetres, millimetre, millimeters, millimeter, mm",
    "mi: miles, mile",
    "nmi: nautical miles, nautical mile",
    "ft: feet, foot, ft",
    "in: inches, inch",
    "yd: yards, yard, yds",
    "ly: light years, light year, light-years, light-year",
    "ha: hectares, hectare",
    "acre: acres, acre",
    "km2: square kilometres, square kilometre, square kilometers, square kilometer, sq km, km², km2",
    "m2: square metres, square metre, square meters, square meter, sq m, sqm, m²",
    "mi2: square miles, square mile, sq mi",
    "ft2: square feet, square foot, sq ft, sqft",
    "yd2: square yards, square yard",
    "m3: cubic metres, cubic metre, cubic meters, cubic meter, m³",
    "ft3: cubic feet, cubic foot",
    "kg: kilograms, kilogram, kilogrammes, kilos, kilo, kg, kgs",
    "g: grams, gram, grammes",
    "mg: milligrams, milligram, mg",
    "t: tonnes, tonne, metric tons, metric ton",
    "ton: tons, ton",
    "lb: lb, lbs",
    "oz: ounces, ounce, oz",
    "L: litres, litre, liters, liter",
    "mL: millilitres, milliliters, ml",
    "gal: gallons, gallon",
    "pt: pints, pint",
    "bbl: barrels, barrel, bbl",
    "mph: mph",
    "km/h: km/h, kph, kmh, kmph",
    "m/s: m/s",
    "kn: knots",
    "°C: °C, ºC, degrees Celsius, degrees Centigrade, degrees centigrade, degrees C, degree Celsius",
    "°F: °F, ºF, degrees Fahrenheit, degrees F, degree Fahrenheit",
    "°: degrees, °, º",
    "W: watts, watt",
    "kW: kilowatts, kilowatt, kW",
    "MW: megawatts, megawatt, MW",
    "GW: gigawatts, gigawatt, GW",
    "kWh: kilowatt hours, kilowatt-hours, kWh",
    "MWh: megawatt hours, megawatt-hours, MWh",
    "GWh: gigawatt hours, gigawatt-hours, GWh",
    "TWh: terawatt hours, terawatt-hours, TWh",
    "hp: horsepower, bhp, hp",
    "Hz: hertz, Hz",
    "GHz: GHz",
    "MB: megabytes, MB",
    "GB: gigabytes, gigabyte, GB",
    "TB: terabytes, terabyte, TB",
    "dB: decibels, dB",
    "cal: calories, calorie",
    "pp: percentage points, percentage point, percentage-point",
    "bp: basis points, basis point, basis-point",
    "s: seconds, secs",
    "min: minutes, minute, mins, min",
    "h: hours, hour, hrs, hr",
    "day: days, day",
    "week: weeks, week, wks",
    "month: months, month",
    "year: years, year, yrs, yr",
    "decade: decades, decade",
)
"""A difference of shares (percentage points) is a quantity: 2.5 pp on 10% is no 2.5%."""
ATTACHED = _table("g: g", "m: m", "in: in", "t: t", "°C: C", "°F: F")
"""Units only when nothing stands between, as in "100g"; `quantities` says what more they need."""
TIMES = frozenset(("s", "min", "h", "day", "week", "month", "year", "decade"))
SINGULAR_TIMES = frozenset(["minute", "hour", "day", "week", "month", "year", "decade"])
"""Durations only after one or a hyphen: "the two year", "10 minute" are other things more often."""
OFTEN_ONE = frozenset(["day", "night", "second", "minute"])
"""One day is mostly not a duration of one day."""
RATES = {
    ("mi", "hour"): "mph",
    ("km", "hour"): "km/h",
    ("m", "second"): "m/s",
    ("bbl", "day"): "bbl/d",
    ("m3", "second"): "m3/s",
}
COMPOUNDS = {
    "ft": ("in", 12, ("inches", "inch", "in", "ins", '"', "”")),
    "st": ("lb", 14, ("pounds", "pound", "lb", "lbs")),
    "lb": ("oz", 16, ("ounces", "ounce", "oz")),
    "h": ("min", 60, ("minutes", "minute", "mins", "min")),
    "min": ("s", 60, ("seconds", "second", "secs")),
}
"""A unit, the smaller one that may follow it and in which both are then given, and that one's names."""
PREFIXES = frozenset(name.split()[0] for name in UNITS if " " in name)
