"""Imported by the server that stage processes are forked from: what it loads, they share."""

from streams.pipeline import warm_up

warm_up()
