"""Imported by the server that stage processes are forked from: what it loads, they share."""

import gc

from streams.pipeline import warm_up

warm_up()
gc.collect()
gc.freeze()  # collections pass over the tables, which live as long as the process: a tenth of tagging's time
