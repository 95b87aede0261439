"""The whole way of an outage: calls, a suspicion, the declaration made from it, links, user-hours, a clean audit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec

from streams.core.contributions.faults import TICKETS
from streams.core.events.outage import Outage
from streams.core.months import HOUR, MINUTE, datetime_of
from streams.core.outages.known import assess_month, known_outages, open_suspicions, reports_of, suspicions
from streams.core.outages.scope import covers
from streams.core.rollups import Counts
from streams.core.suspected import SUSPECTED_TOPIC, SuspectedOutage, read
from streams.core.without_outages import without_outages
from tests.core.bursts import BEGIN, burst, quiet
from tests.core.installation import DEFINITIONS, Installation, ticket
from tests.core.test_recount import differences
from tests.core.test_watch import END, ONSET

MONTH = "2009-07"
USERS = 128
TICK = 10 * MINUTE


class Day:
    """An installation that lives through a day, tick by tick."""

    def __init__(self) -> None:
        self.installation = Installation()
        random = Random(1)
        elsewhere = [signal for signal in quiet(random) if not signal.line.startswith("6182")]
        self.usual, self.calls = len(elsewhere), burst(random, "b", ONSET, lines=40, minutes=30)
        self._tickets = sorted([*elsewhere, *self.calls], key=lambda signal: signal.at)

    def live_until(self, until: int) -> None:
        """Let the tickets come that are opened until then, the clock with them."""
        for tick in range(BEGIN, until + 1, TICK):
            come = [signal for signal in self._tickets if signal.at <= tick]
            self._tickets = self._tickets[len(come) :]
            self.installation.send(ticket(one.id, one.line, datetime_of(one.at)) for one in come)
            if tick > self.installation.tallies.as_of():
                self.installation.count(datetime_of(tick))
        self.installation.count()

    def told(self) -> Iterator[SuspectedOutage]:
        """Yield what was told of suspected outages."""
        for a_round in self.installation.rounds:
            for effect in a_round.side_effects:
                if effect.topic == SUSPECTED_TOPIC and effect.value is not None:
                    yield read(effect.value)

    def figures(self, now: int) -> Any:
        """Return the outages' figures of the month at an instant, and the reports of each."""
        tallies = self.installation.tallies
        outages = known_outages(tallies)
        return assess_month(MONTH, outages, now, DEFINITIONS), reports_of(outages, tallies, DEFINITIONS)


def declaration(suspected: SuspectedOutage, now: datetime, **fields: Any) -> dict[str, Any]:
    """Return the outage that somebody declares because of a suspicion: its place, its first report."""
    outage = {
        "id": "NOC-1",
        "revision": 0,
        "updated_at": now,
        "branch": suspected.branch,
        "started_at": suspected.first_report_at,
        "scope": suspected.scope,
        "users": USERS,
    }
    content: dict[str, Any] = msgspec.to_builtins(outage | fields)
    return content


def test_a_burst_becomes_an_outage_with_its_links_its_user_hours_and_a_clean_audit() -> None:
    """From forty calls to a month's figure; nothing is typed in but what the suspicion says, and how many users."""
    day = Day()
    day.live_until(ONSET + 20 * MINUTE)
    (suspected,) = open_suspicions(day.installation.tallies)
    assert (suspected.branch, suspected.kind) == ("现业", "outage")
    assert (suspected.revision, suspected) == (list(day.told())[-1].revision, list(day.told())[-1])

    now = datetime_of(ONSET + 20 * MINUTE)
    day.installation.send([declaration(suspected, now)], topic=Outage.topic)
    day.live_until(ONSET + HOUR)
    (declared,) = suspicions(day.installation.tallies)
    assert (declared.id, declared.state, declared.outage) == (suspected.id, "declared", "NOC-1")
    assert not open_suspicions(day.installation.tallies)

    restored = suspected.first_report_at + timedelta(hours=2)
    over = declaration(suspected, restored, revision=1, restored_at=restored, status="restored")
    day.installation.send([over], topic=Outage.topic)
    day.live_until(END)
    assessment, reports = day.figures(END)
    (impact,) = assessment.outages
    assert (impact.branch, impact.users) == ("现业", USERS)
    assert impact.user_microseconds == assessment.total.user_microseconds == USERS * 2 * HOUR
    linked = sum(covers(suspected.scope, call.line, None) for call in day.calls)
    assert len(day.calls) >= linked > 0.8 * len(day.calls)
    assert (reports["NOC-1"].total(), reports["NOC-1"].reporters) == (linked, linked)
    counts = day.installation.tallies.month(MONTH)
    assert total(counts) == day.usual + len(day.calls)
    assert total(without_outages(counts, [TICKETS.name])) == total(counts) - linked
    assert differences(day.installation, MONTH) == []
    assert [told.id for told in day.told()] == [suspected.id] * len(list(day.told())), "nothing else is suspected"


def total(counts: Counts) -> int:
    """Return how many fault tickets there are."""
    return sum(counts[TICKETS.name].values())
