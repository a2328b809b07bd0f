"""Put on PYTHONPATH: a Copydesk whose rule for copies is the next one."""

import sys
from pathlib import Path

# Python imports this module before it looks into the folder that the worker was started in.
sys.path.insert(0, str(Path.cwd()))

from streams.dedup.epoch import Epoch

*_rest, _rule = Epoch.__init__.__defaults__ or ()
Epoch.__init__.__defaults__ = (*_rest, _rule + 1)
