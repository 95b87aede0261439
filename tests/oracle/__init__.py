"""The oracle: July's (or any month's) indicators counted anew from the raw events, with none of the core's code.

It is written from the definitions alone and uses the standard library only, so that an error in the pipeline
cannot hide in it as well. `faults` reads the messages, `months` counts them.
"""

from tests.oracle.months import Durations, Figures, assert_equal, recount

__all__ = ["Durations", "Figures", "assert_equal", "recount"]
