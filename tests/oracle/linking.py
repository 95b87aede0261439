"""Which mass outage a ticket or complaint belongs to, and what the reports say of each outage."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from tests.oracle.counting import DAY, MINUTE, NONE, first_of_month
from tests.oracle.impact import covers
from tests.oracle.reading import Record

MARGIN: Final = 30 * MINUTE
LONGEST: Final = 62 * DAY


class Reports(NamedTuple):
    """Tickets and complaints of one outage.

    `reporters` are distinct real numbers, `symptoms` those of the fault tickets ("none" where it is absent), the
    first and the last report the beginnings of their minutes.
    """

    tickets: int
    complaints: int
    reporters: int
    first_at: int | None
    last_at: int | None
    symptoms: Counter[str]

    @property
    def total(self) -> int:
        """Tickets and complaints."""
        return self.tickets + self.complaints


def link(
    records: Iterable[Record], placed_by: str, outages: Collection[Record], directory: Mapping[str, str]
) -> list[tuple[Record, str | None]]:
    """Each record with the id of the one outage that it belongs to, or None.

    Args:
        records: valid tickets or complaints.
        placed_by: the field that says when they were made.
        outages: all valid ones, of whatever kind and month.
        directory: number → site, for records that name no site.
    """
    return [(record, outage_of(record, record[placed_by], outages, directory)) for record in records]


def outage_of(record: Record, made_at: int, outages: Iterable[Record], directory: Mapping[str, str]) -> str | None:
    """Of the outages whose scope and time cover the report the one that started last, then the larger id."""
    site = record.get("site") or directory.get(record["subscriber"])
    found = [
        (outage["started_at"], outage["id"])
        for outage in outages
        if takes_reports_at(outage, made_at) and covers(outage["scope"], record["subscriber"], site)
    ]
    return max(found)[1] if found else None


def takes_reports_at(outage: Record, moment: int) -> bool:
    """From 30 minutes before the start to 30 after the end, both included; an outage never lasts more than 62 days.

    What was reported before the month of the start is not taken: that month may be closed while this one is counted.
    """
    started_at, restored_at = outage["started_at"], outage["restored_at"]
    longest = started_at + LONGEST
    ended_at = longest if restored_at is None else min(restored_at, longest)
    begun_at = max(started_at - MARGIN, first_of_month(started_at))
    return bool(begun_at <= moment <= ended_at + MARGIN)


def unlinked(linked: Iterable[tuple[Record, str | None]]) -> list[Record]:
    """Those that belong to no outage."""
    return [record for record, outage in linked if outage is None]


def report(
    outage: str, linked: Mapping[str, Iterable[tuple[Record, str | None]]], placeholders: Collection[str]
) -> Reports:
    """The reports of one outage, from the linked tickets ("faults") and complaints ("complaints")."""
    tickets, complaints = (
        [record for record, belongs_to in linked[topic] if belongs_to == outage] for topic in ("faults", "complaints")
    )
    made_at = [ticket["opened_at"] for ticket in tickets] + [complaint["received_at"] for complaint in complaints]
    minutes = sorted(moment // MINUTE * MINUTE for moment in made_at)
    return Reports(
        tickets=len(tickets),
        complaints=len(complaints),
        reporters=len({record["subscriber"] for record in tickets + complaints} - set(placeholders)),
        first_at=minutes[0] if minutes else None,
        last_at=minutes[-1] if minutes else None,
        symptoms=Counter(ticket["symptom"] or NONE for ticket in tickets),
    )
