"""Copydesk: raw articles in on Kafka; clean, tagged, de-duplicated events out."""

__version__ = "0.1.0"
