"""The exit codes of every command, and the error that ends a process with one clear line."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes, after sysexits.h where it has a name for the case."""

    OK = 0
    REFUSED = 1  # the command did its work, and some of the input was refused, or a check found a difference
    USAGE = 2  # unknown option or argument
    NO_INPUT = 66  # a file is missing or cannot be read
    UNAVAILABLE = 69  # Kafka, Java or another program that is needed does not answer
    INTERNAL = 70  # a fault of ours: please report it
    CANNOT_WRITE = 73  # the output cannot be written
    RETRY = 75  # no progress, a broken transaction, another owner: starting again is safe and may help
    NO_RIGHT = 77  # Kafka refuses us: wrong credentials or a missing right
    SETTINGS = 78  # a setting is wrong, a topic is missing, a log of another epoch, or too many records fail


EXIT_MEANINGS = {
    Exit.OK: "done",
    Exit.REFUSED: "done, but some input was refused, or a check found a difference",
    Exit.USAGE: "unknown command, option or argument",
    Exit.NO_INPUT: "an input file is missing or unreadable",
    Exit.UNAVAILABLE: "Kafka, Java or another needed program does not answer",
    Exit.INTERNAL: "a fault of Copydesk itself",
    Exit.CANNOT_WRITE: "an output file cannot be written",
    Exit.RETRY: "no progress, a broken transaction or another owner; a restart is safe",
    Exit.NO_RIGHT: "wrong credentials, or a missing right in Kafka",
    Exit.SETTINGS: "a wrong setting, a missing topic, a log of another epoch, or too many failing records",
}


class Fatal(Exception):  # noqa: N818 - it ends the process; it is not an error to handle
    """Ends the process with `code`; the message says what is wrong, where, and what to do."""

    def __init__(self, code: Exit, message: str) -> None:
        super().__init__(message)
        self.code = code
