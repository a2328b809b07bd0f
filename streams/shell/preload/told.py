"""Imported first where the server is a worker's."""

from streams.shell import preload

preload.logs = True
