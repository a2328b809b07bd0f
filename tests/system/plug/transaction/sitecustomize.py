"""Put on PYTHONPATH: a process sends itself a signal at a moment of one of its transactions.

PLUG_MOMENT is `sent` (outputs, log and offsets are with the broker, nothing is committed) or `committed` (the
broker has committed, the process does not know it yet); PLUG_SIGNAL is the signal's number.
"""

import os
from typing import Any

import aiokafka

TRANSACTION = 2  # of the process, counted from 1: then there is work before it and after it

_commit = aiokafka.AIOKafkaProducer.commit_transaction
_begun = 0


async def commit_transaction(self: Any) -> None:
    global _begun
    _begun += 1
    moment = os.environ["PLUG_MOMENT"] if _begun == TRANSACTION else None
    if moment == "sent":
        os.kill(os.getpid(), int(os.environ["PLUG_SIGNAL"]))
    await _commit(self)
    if moment == "committed":
        os.kill(os.getpid(), int(os.environ["PLUG_SIGNAL"]))


aiokafka.AIOKafkaProducer.commit_transaction = commit_transaction
