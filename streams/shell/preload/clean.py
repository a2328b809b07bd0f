"""Loads cleaning."""

from streams.pipeline import warm_up_cleaning
from streams.shell.preload import load

load("clean", warm_up_cleaning, "cleaning")
