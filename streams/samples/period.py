"""Which months the sample tells of, until when, and where its chance comes from."""

from random import Random

from streams.samples.calendar import DAY, HOUR, Month

NAME = "july-2009"
PERIOD = "2009-07"
JUNE = Month(2009, 6)
JULY = Month(2009, 7)
# 5 August: past every deadline of July, and past the last message.
AS_OF = JULY.end + 4 * DAY
# What happens later is told by nobody: messages need a while to arrive, and some of them come twice.
LAST_NOTE = AS_OF - 3 * HOUR


def chance(stage: str) -> Random:
    """Return the source of chance of one stage; a change in one stage leaves the others as they are."""
    return Random(f"{NAME} {stage}")
