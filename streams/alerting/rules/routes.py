"""Makes alertmanager.yml: which alerts are one page, which of them say nothing new beside others, and who gets them.

All that concerns outages of one branch is one group, so that a suspicion, the outage that it turns out to be, its
growth to another class and a duty to report it are one page with updates, whatever each of them is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from streams.alerting.roster import CITY
from streams.alerting.rules.planned_work import PlannedWork
from streams.core.catalogue import INDICATORS
from streams.settings import Address

Tree = dict[str, Any]

GROUP_BY = ["kind", "branch"]
GROUP_WAIT = "10s"
OUTAGE_TIMING = {"group_wait": GROUP_WAIT, "group_interval": "30s", "repeat_interval": "4h"}
"""An outage is to be paged within 45 seconds, its growth and its end not much later."""
USUAL_TIMING = {"group_wait": GROUP_WAIT, "group_interval": "5m", "repeat_interval": "24h"}
WATCHDOG_TIMING = {"group_wait": "0s", "group_interval": "1m", "repeat_interval": "1m"}

NOWHERE, WATCHDOG = "nowhere", "watchdog"
WEBHOOK_PATH = "/alertmanager"
PAGED = ("critical", "warning")

FIGURE = ["indicator", *sorted({label for one in INDICATORS for label in one.labels} - {"branch"})]
"""What tells figures of one branch apart."""


def receiver(branch: str, severity: str) -> str:
    """Return the name of the receiver of a branch's alerts of a severity."""
    return f"pager-{branch}-{severity}"


def alertmanager_config(branches: Sequence[str], planned: Sequence[PlannedWork], timezone: str, pager: Address) -> Tree:
    """Return Alertmanager's configuration for these branches, beside the city; `timezone` is that of planned work."""
    everywhere = (*branches, CITY)
    return {
        "route": {
            "receiver": receiver(CITY, "warning"),
            "group_by": GROUP_BY,
            **USUAL_TIMING,
            "routes": [
                {"matchers": ['alertname="Watchdog"'], "receiver": WATCHDOG, **WATCHDOG_TIMING},
                {"matchers": ['severity="info"'], "receiver": NOWHERE},
                *(route for branch in everywhere for route in _routes(branch, planned)),
            ],
        },
        "inhibit_rules": list(_inhibitions()),
        "time_intervals": [work.interval(timezone) for work in planned],
        "receivers": [
            # Whatever outside waits for the Watchdog goes here: without it nobody tells that no alert gets through.
            {"name": WATCHDOG},
            {"name": NOWHERE},
            *(_receiver(branch, severity, pager) for branch in everywhere for severity in PAGED),
        ],
    }


def _routes(branch: str, planned: Iterable[PlannedWork]) -> Iterator[Tree]:
    """Yield the routes of a branch; those of the city, the last ones, take what has no branch that is known."""
    of_branch = [] if branch == CITY else [f'branch="{branch}"']
    muted = [work.name for work in planned if branch in work.branches]
    yield {"matchers": [*of_branch, 'kind="outage"'], "receiver": receiver(branch, "critical"), **OUTAGE_TIMING}
    yield {"matchers": [*of_branch, 'severity="critical"'], "receiver": receiver(branch, "critical")}
    yield {
        "matchers": [*of_branch, 'severity="warning"'],
        "receiver": receiver(branch, "warning"),
        **({"mute_time_intervals": muted} if muted else {}),
    }


def _inhibitions() -> Iterator[Tree]:
    """Yield which alerts say nothing new beside which others."""
    # What is so for the whole city, beside the same of a branch.
    yield _inhibition(['scope="city"'], ['scope="branch"'], ["alertname", "tier", *FIGURE])
    # The province's target, beside the city's own; a target missed, beside the forecast of it.
    yield _inhibition(
        ['alertname=~".+MissesProvinceTarget"'],
        ['alertname=~".+(MissesCityTarget|WillMissTarget|FewBadEventsLeft)"'],
        ["branch", "scope", *FIGURE],
    )
    yield _inhibition(
        ['alertname=~".+MissesCityTarget"'],
        ['alertname=~".+(WillMissTarget|FewBadEventsLeft)"'],
        ["branch", "scope", "tier", *FIGURE],
    )
    yield _inhibition(
        ['alertname=~".+WillMissTarget"', 'tier="province"'],
        ['alertname=~".+WillMissTarget"', 'tier="city"'],
        ["branch", "scope", *FIGURE],
    )
    # An outage, beside what it does to the figures of its branch.
    yield _inhibition(['kind="outage"'], ['kind="indicator"'], ["branch"])
    yield _inhibition(['kind="outage"'], ['alertname=~"ComplaintSurge|ReportWave"'], ["branch"])
    # A grave one spoils the city's figures too. They are the month's: what is true of them still is once it is over.
    grave = ['kind="outage"', 'severity="critical"']
    yield _inhibition(grave, ['kind="indicator"', 'scope="city"'])
    yield _inhibition(grave, ['alertname="ComplaintSurge"', 'scope="city"'])
    # A suspicion that was right goes on firing for a while beside what it turned out to be.
    yield _inhibition(['alertname="MassOutage"'], ['alertname="SuspectedOutage"'], ["branch", "place"])
    yield _inhibition(['alertname="ReportingDutyReached"'], ['alertname="ReportingDutyNear"'], ["branch", "report"])
    # What lacks data says nothing: a feed that is silent, figures that are not shown, a clock that stands still.
    yield _inhibition(['alertname=~".+Silent"'], ['kind=~"indicator|customers"'], ["feed"])
    without_figures = ['alertname=~"FiguresNotShown|PartitionsNotCounted|DataTimeBehind"']
    yield _inhibition(without_figures, ['kind=~"indicator|customers"'])
    yield _inhibition(without_figures, ['alertname=~".+Silent"'])
    yield _inhibition(['alertname="PartitionsNotCounted"'], ['alertname=~"DataTimeBehind|WorkerLost"'])


def _inhibition(source: list[str], target: list[str], equal: list[str] | None = None) -> Tree:
    return {"source_matchers": source, "target_matchers": target, **({"equal": equal} if equal else {})}


def _receiver(branch: str, severity: str, pager: Address) -> Tree:
    webhook = {"url": f"http://{pager}{WEBHOOK_PATH}", "send_resolved": True}
    return {"name": receiver(branch, severity), "webhook_configs": [webhook]}
