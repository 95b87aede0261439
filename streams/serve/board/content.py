"""All that the board shows, put together for one version of the tallies; docs/board-api.md says what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from streams.core.catalogue import COUNTS, LEVELS, Level
from streams.core.contributions.complaints import COMPLAINTS
from streams.core.definitions import Definitions
from streams.core.documents import instant_text
from streams.core.merged import MergedTallies
from streams.core.months import NEVER, Calendar, add_months, instant_of
from streams.core.outages.figures import OutageFigure
from streams.core.outages.known import open_suspicions
from streams.core.outages.month import month_of_outages
from streams.core.rollups import rolled_up
from streams.serve.board.burst import burst
from streams.serve.board.indicators import IndicatorFigures
from streams.serve.board.worklist import worklist
from streams.serve.labels import OTHER, known_values, shown, unlisted
from streams.serve.open_letters import OpenLetters
from streams.serve.reader import TallyReader

HEADLINES = ("fault_tickets", "complaints")
"""Counts of the catalogue whose totals stand at the top."""
STRIP = (
    "id", "branch", "place", "services", "state", "planned", "started_at", "restored_at", "users", "severity",
    "reports",
)  # fmt: skip
"""What the month's strip shows of an outage."""


class BoardContent:
    """Makes the content; asked for at the same version of the tallies, it is the same."""

    def __init__(self, reader: TallyReader, definitions: Definitions, letters: OpenLetters) -> None:
        """Take what is merged, the definitions, and what counts the dead letters."""
        self._reader, self._tallies, self._definitions = reader, reader.tallies, definitions
        self._letters = letters
        self._calendar = Calendar(definitions.timezone)
        self._known = known_values(definitions)
        self._indicators = IndicatorFigures(definitions, self._known)

    def build(self) -> dict[str, Any]:
        """Return everything that the page shows; without figures while there is a reason not to show them."""
        problem = self._reader.problem()
        content = {"problem": problem, "timezone": self._definitions.timezone, "pipeline": self._pipeline()}
        return content if problem is not None else content | self._figures()

    def _pipeline(self) -> dict[str, Any]:
        clocks = [head.as_of for head in self._tallies.heads.values() if head.as_of]
        return {
            "partitions": len(self._reader.partitions),
            "settled": len(self._tallies.settled()),
            "records": self._reader.records,
            "backlog": self._reader.backlog,
            "oldest_as_of": instant_text(min(clocks)) if clocks else None,
            "newest_as_of": instant_text(max(clocks)) if clocks else None,
            "dead_letters": self._letters.count,
        }

    def _figures(self) -> dict[str, Any]:
        as_of = self._tallies.as_of()
        month = self._calendar.month_of(as_of)
        levels = self._tallies.levels()
        return {
            "as_of": instant_text(as_of),
            "month": month,
            "month_start": instant_text(self._calendar.month_start(month)),
            "month_end": instant_text(self._calendar.month_end(month)),
            "branches": self._definitions.branches,
            "label_names": self._definitions.names,
            "indicators": self._indicators.build(self._tallies),
            "levels": [self._level(level) for level in LEVELS],
            "counts": {count.id: dict(_totals(count.id, self._tallies)) for count in COUNTS if count.id in HEADLINES},
            "outages": self._outages(month),
            "suspected": sorted(open_suspicions(self._tallies), key=lambda one: (-one.lines, one.id)),
            "burst": burst(self._tallies),
            "worklist": worklist(levels, self._known),
            "complaints": self._complaints(month),
            "other": [
                {"measure": measure, "label": label, "values": found.values, "count": found.counted}
                for (measure, label), found in unlisted(self._tallies.month(month), self._known).items()
                if found.values
            ],
        }

    def _level(self, level: Level) -> dict[str, Any]:
        figures = []
        for labels in [roll_up for roll_up in level.roll_ups if len(roll_up) <= 1]:
            now = {"now": rolled_up(self._tallies.levels(), level.measure, labels)}
            for values, number in shown(now, labels, self._known, int.__add__, 0)["now"].items():
                figures.append({"labels": dict(zip(labels, values, strict=True)), "count": number})
        return {"id": level.id, "names": level.names, "figures": figures}

    def _outages(self, month: str) -> dict[str, Any]:
        now, rules = self._tallies.as_of(), self._definitions.outages
        of_month = month_of_outages(month, self._tallies, self._definitions)
        ranks = {severity.id: rank for rank, severity in enumerate(rules.severities)}
        live = [one for one in of_month.outages if _is_live(one, now)]
        live.sort(key=lambda one: (one.state != "active", -ranks.get(one.severity or "", -1), -(one.users_out or 0)))
        return {
            "live": live,
            "month": [{name: getattr(one, name) for name in STRIP} for one in of_month.outages],
            "users_out": of_month.totals.total.users_out,
            "totals": of_month.totals,
            "severities": {severity.id: severity.names for severity in rules.severities},
            "duties": {duty.id: duty.names for duty in rules.duties},
        }

    def _complaints(self, month: str) -> dict[str, Any]:
        last = add_months(month, -1)
        counts = {"month": self._tallies.month(month)}
        if last in self._tallies.months():
            counts["last_month"] = self._tallies.month(last)
        total = {window: rolled_up(held, COMPLAINTS.name, ()).get((), 0) for window, held in counts.items()}
        content: dict[str, Any] = {"month": total["month"], "last_month": total.get("last_month")}
        for key, label in (("channels", "channel"), ("categories", "category")):
            by_window = {window: rolled_up(held, COMPLAINTS.name, (label,)) for window, held in counts.items()}
            content[key] = _listed(shown(by_window, (label,), self._known, int.__add__, 0))
        return content


def _totals(count_id: str, tallies: MergedTallies) -> Iterator[tuple[str, int]]:
    """Yield window → how many, of a count of the catalogue."""
    count = next(one for one in COUNTS if one.id == count_id)
    for window in count.windows:
        yield window, rolled_up(tallies.window(window), count.measure, ()).get((), 0)


def _listed(by_window: Mapping[str, Mapping[tuple[str, ...], int]]) -> list[dict[str, Any]]:
    """Return values with their counts of both months, most frequent first, what is not listed last."""
    before = by_window.get("last_month")
    rows = [
        {"value": value, "count": number, "last_month": None if before is None else before[(value,)]}
        for (value,), number in by_window["month"].items()
    ]
    return sorted(rows, key=lambda row: (row["value"] == OTHER, -row["count"], row["value"]))


def _is_live(outage: OutageFigure, now: int) -> bool:
    """Tell whether it has begun and is not over, noted as suspected or planned as it may be."""
    ends = NEVER if outage.restored_at is None else _instant(outage.restored_at)
    return _instant(outage.started_at) <= now < ends


def _instant(text: str) -> int:
    return instant_of(datetime.fromisoformat(text))
