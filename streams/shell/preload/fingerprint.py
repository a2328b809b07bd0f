"""Loads the making of fingerprints, for files of tagged events."""

from streams.pipeline import warm_up_fingerprints
from streams.shell.preload import load

load("dedup", warm_up_fingerprints, "dedup")
