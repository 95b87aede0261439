"""Shows mass outages as metrics: by branch and state for the month so far, and the active and suspected ones singly.

They are worked out at the data's clock, so users' time grows with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from streams.core.contributions.detection import EXPECTED
from streams.core.contributions.measures import ALL
from streams.core.definitions import Definitions
from streams.core.merged import MergedTallies
from streams.core.months import SECOND, Calendar, instant_of
from streams.core.outages.duties import distances
from streams.core.outages.impact import OutageImpact, State
from streams.core.outages.known import assess_month, known_outages, open_suspicions, reports_of
from streams.core.outages.reports import Reports
from streams.core.outages.scope import place
from streams.logs import masked_text
from streams.serve.labels import Known, outage_label, shown_value

MOST_ACTIVE, MOST_SUSPECTED = 50, 20
"""So many have series of their own, the gravest first."""
UNKNOWN_CLASS = "unknown"
"""Stands where nobody knows how many users an outage has, and so how grave it is."""

SINGLE_LABELS = ("outage", "place", "branch", "class")


class _Live(NamedTuple):
    """An outage of the month so far, and the reports that belong to it."""

    impact: OutageImpact
    reports: Reports
    branch: str


class OutageMetrics:
    """Makes the metrics of outages from the merged tallies, under given definitions."""

    def __init__(self, definitions: Definitions, known: Known) -> None:
        """Take the definitions, and the label values that are shown under their own name."""
        self._definitions, self._known = definitions, known
        self._calendar = Calendar(definitions.timezone)
        self._ranks = {severity.id: rank for rank, severity in enumerate(definitions.outages.severities, start=1)}

    def collect(self, tallies: MergedTallies) -> Iterator[Metric]:
        """Yield the metrics as of the tallies' clock."""
        live = self._of_month_so_far(tallies)
        active = sorted((one for one in live if one.impact.state == "active"), key=self._gravest_first)
        yield from self._by_state(live)
        yield from _single(active[:MOST_ACTIVE])
        yield GaugeMetricFamily(
            "streams_active_outages_not_shown",
            f"Active outages beyond the {MOST_ACTIVE} gravest, which alone have series of their own.",
            value=max(0, len(active) - MOST_ACTIVE),
        )
        yield self._duties(active, tallies.as_of())
        yield self._suspected(tallies)
        yield _usual_band(tallies)

    def _of_month_so_far(self, tallies: MergedTallies) -> list[_Live]:
        now = tallies.as_of()
        assessment = assess_month(self._calendar.month_of(now), known_outages(tallies), now, self._definitions)
        begun = [impact for impact in assessment.outages if instant_of(impact.outage.started_at) <= now]
        reports = reports_of([impact.outage for impact in begun], tallies, self._definitions)
        return [_Live(impact, reports[impact.outage.id], self._branch(impact.branch)) for impact in begun]

    def _branch(self, branch: str) -> str:
        return shown_value("branch", branch, self._known)

    def _gravest_first(self, live: _Live) -> tuple[int, int, int, str]:
        impact = live.impact
        rank = self._ranks.get(impact.severity or "", 0)
        return -rank, -(impact.users_out or 0), -live.reports.total(), impact.outage.id

    def _by_state(self, live: Sequence[_Live]) -> Iterator[Metric]:
        groups: dict[tuple[str, State], list[_Live]] = {
            (branch, state): [] for branch in self._definitions.branches for state in get_args(State)
        }
        for one in live:
            groups.setdefault((one.branch, one.impact.state), []).append(one)
        outages, users, user_seconds, reports = (
            GaugeMetricFamily(f"streams_{name}", documentation, labels=("branch", "state"))
            for name, documentation in (
                ("outages", "Mass outages of the month so far."),
                ("outage_users", "Users whom they put out of service, each once for each time."),
                ("outage_user_seconds", "Time that users had no service, each user once at a time."),
                ("outage_reports", "Tickets and complaints that belong to them."),
            )
        )
        for labels, group in sorted(groups.items()):
            outages.add_metric(labels, len(group))
            users.add_metric(labels, sum(one.impact.interruptions for one in group))
            user_seconds.add_metric(labels, sum(one.impact.net_user_microseconds for one in group) // SECOND)
            reports.add_metric(labels, sum(one.reports.total() for one in group))
        yield from (outages, users, user_seconds, reports)
        yield self._users_out(groups)

    def _users_out(self, groups: Mapping[tuple[str, State], Sequence[_Live]]) -> Metric:
        family = GaugeMetricFamily("streams_outage_users_out", "Users out of service now.", labels=("branch",))
        for (branch, state), group in sorted(groups.items()):
            if state == "active":
                family.add_metric([branch], sum(one.impact.net_users_out for one in group))
        return family

    def _duties(self, active: Sequence[_Live], now: int) -> Metric:
        """Return how near the nearest active outage of each branch is to each duty; 1 is reached."""
        family = GaugeMetricFamily(
            "streams_outage_duty_ratio",
            "How near the nearest active outage is to a duty to report it: 1 is reached.",
            labels=("duty", "branch"),
        )
        duties = self._definitions.outages.duties
        nearest = {(duty.id, branch): 0.0 for duty in duties for branch in self._definitions.branches}
        for one in active:
            for distance in distances(one.impact, duties, now):
                if distance.share is not None:
                    labels = distance.duty, one.branch
                    nearest[labels] = max(nearest.get(labels, 0.0), float(distance.share))
        for labels, share in sorted(nearest.items()):
            family.add_metric(labels, share)
        return family

    def _suspected(self, tallies: MergedTallies) -> Metric:
        family = GaugeMetricFamily(
            "streams_suspected_outage_reports",
            "Reports of bursts that look like a mass outage, or a wave of complaints, and that nobody has declared.",
            labels=("suspicion", "place", "branch", "kind"),
        )
        suspicions = sorted(open_suspicions(tallies), key=lambda one: (-one.lines, one.id))
        for one in suspicions[:MOST_SUSPECTED]:
            branch = self._branch(one.branch) if one.branch else ALL
            labels = [one.id, masked_text(one.place), branch, one.kind]
            family.add_metric(labels, one.reports)
        return family


def _usual_band(tallies: MergedTallies) -> Metric:
    family = GaugeMetricFamily(
        "streams_fault_tickets_expected",
        "Fault tickets an hour that are usual at this hour of the week: their mean, and the upper end of their band.",
        labels=("branch", "bound"),
    )
    for (branch, bound), thousandths in sorted(tallies.levels().get(EXPECTED.name, {}).items()):
        family.add_metric([branch, bound], thousandths / 1_000)
    return family


def _single(active: Sequence[_Live]) -> Iterator[Metric]:
    users, user_seconds, reports = (
        GaugeMetricFamily(f"streams_active_outage_{name}", documentation, labels=SINGLE_LABELS)
        for name, documentation in (
            ("users", "Users whom an active mass outage keeps out of service now."),
            ("user_seconds", "Time that its users had no service, since it began."),
            ("reports", "Tickets and complaints that belong to it."),
        )
    )
    for impact, of_outage, branch in active:
        outage = impact.outage
        labels = [
            outage_label(outage.id),
            masked_text(place(outage.scope)),
            branch,
            impact.severity or UNKNOWN_CLASS,
        ]
        if impact.users_out is not None and impact.whole_user_microseconds is not None:
            users.add_metric(labels, impact.users_out)
            user_seconds.add_metric(labels, impact.whole_user_microseconds // SECOND)
        reports.add_metric(labels, of_outage.total())
    yield from (users, user_seconds, reports)
