"""Loads tagging, with the making of fingerprints."""

from streams.pipeline import warm_up_tagging
from streams.shell.preload import load

load("tag", warm_up_tagging, "tagging", "dedup")
