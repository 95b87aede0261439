"""A monthly assessment by the province (测评): where a unit ranks in one item, and what it scored there."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, ClassVar

import msgspec

from streams.core.events.base import EARLIEST_YEAR, LATEST_YEAR, Event, Month, Refused

MAX_RANK = 100_000
MAX_SCORE = 1_000_000
HUNDREDTH = Decimal("0.01")

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Rank = Annotated[int, msgspec.Meta(ge=1, le=MAX_RANK)]
RankChange = Annotated[int, msgspec.Meta(ge=-MAX_RANK, le=MAX_RANK)]
Score = Annotated[
    Decimal, msgspec.Meta(description="A number with at most two decimal places; a JSON number is understood too")
]


class Assessment(Event, kw_only=True, omit_defaults=True):
    """The whole state of one unit's assessment in one item of one month.

    `rank_change` is the number of places won on the month before: below 0 they were lost.
    """

    topic: ClassVar[str] = "assessments"
    keyed_by: ClassVar[str] = "id"
    time_fields: ClassVar[tuple[str, ...]] = ("updated_at",)

    month: Month
    subject: Name
    item: Name
    rank: Rank | None = None
    rank_change: RankChange | None = None
    score: Score | None = None
    target: Score | None = None

    def key(self) -> str:
        """Return the assessment's id."""
        return self.id

    def happened_at(self) -> datetime:
        """Return noon UTC of the month's first day: a moment of that month wherever on earth the clock is read."""
        year, month = map(int, self.month.split("-"))
        return datetime(year, month, 1, 12, tzinfo=UTC)

    def check(self) -> None:
        """Refuse times and months out of range, and scores of more than two decimal places."""
        super().check()
        if not EARLIEST_YEAR <= int(self.month[:4]) <= LATEST_YEAR:
            raise Refused("invalid", "month", f"lies outside the years {EARLIEST_YEAR} to {LATEST_YEAR}")
        for field in ("score", "target"):
            number: Decimal | None = getattr(self, field)
            if number is not None and not (number.is_finite() and abs(number) <= MAX_SCORE):
                raise Refused("invalid", field, f"is no number between -{MAX_SCORE:,} and {MAX_SCORE:,}")
            if number is not None and number.quantize(HUNDREDTH) != number:
                raise Refused("invalid", field, "has more than two decimal places")


def hundredths(number: Decimal) -> int:
    """Return a number with at most two decimal places in hundredths."""
    return int(number * 100)
