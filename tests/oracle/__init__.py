"""The oracle: July's (or any month's) figures counted anew from the raw events, with none of the core's code.

It is written from the definitions alone and uses the standard library only, so that an error in the pipeline
cannot hide in it as well. `reading` reads fields; `faults`, `outages`, `complaints`, `orders`, `callbacks` and
`assessments` each say how a message of their kind is read and counted; `impact` counts users who are out, `linking`
finds the outage of a report; `log` keeps the newest revisions, `months` counts a month.
"""

from tests.oracle.faults import Durations
from tests.oracle.log import read
from tests.oracle.months import Figures, ReportFigures, assert_counts_equal, assert_equal, recount
from tests.oracle.reading import Message, Record, Unreadable

__all__ = [
    "Durations",
    "Figures",
    "Message",
    "Record",
    "ReportFigures",
    "Unreadable",
    "assert_counts_equal",
    "assert_equal",
    "read",
    "recount",
]
