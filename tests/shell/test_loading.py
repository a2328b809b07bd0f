"""What a process does with what it has loaded for good."""

import subprocess
import sys

from streams.shell.loading import GARBAGE

LOADED = """
import gc
from streams.shell.loading import load
load(())
print(gc.get_threshold()[0], gc.get_freeze_count() > 0)
"""


def test_collections_pass_over_what_is_loaded_and_wait_for_many_new_objects() -> None:
    """In a process of its own: this one's garbage is others' tests' too."""
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert told.stdout.split() == [str(GARBAGE), "True"]
