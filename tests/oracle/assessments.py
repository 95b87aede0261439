"""Monthly assessments: how their messages read, and a month's sums from them."""

import re
from typing import Final

from tests.oracle.counting import Counted, limits
from tests.oracle.reading import YEARS, Kind, Record, Unreadable, hundredths, integer, name, of_type

DIMENSIONS: Final = ("subject", "item")
RANKS: Final = 100_000


def first_instant(raw: object) -> int:
    """The first instant of a month such as "2009-07"."""
    month = of_type(str, raw)
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month, re.ASCII):
        raise Unreadable("bad_time")
    if int(month[:4]) not in YEARS:
        raise Unreadable("out_of_range")
    return limits(month)[0]


KIND: Final = Kind(
    fields={
        "month": first_instant,
        "subject": name,
        "item": name,
        "rank": integer(1, RANKS),
        "rank_change": integer(-RANKS, RANKS),
        "score": hundredths,
        "target": hundredths,
    },
    required=("month", "subject", "item"),
    placed_by="month",
)


def count(month: list[Record], counted: Counted) -> None:
    """Add the sums of a month."""
    counted.add_count("assessments", DIMENSIONS, month)
    for measure, field in {
        "assessment_rank": "rank",
        "assessment_rank_change": "rank_change",
        "assessment_score_hundredths": "score",
        "assessment_target_hundredths": "target",
    }.items():
        counted.add_count(measure, DIMENSIONS, month, amount=field)
