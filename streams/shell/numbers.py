"""A number that an option takes. click's own range lets `nan` through: it is neither below nor above."""

import math
from typing import Any

import click


class Number(click.FloatRange):
    """A FloatRange whose numbers can be compared."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a valid number.", param, ctx)
        return number
