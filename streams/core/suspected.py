"""A suspected outage as it is told: on the topic `suspected-outages`, on panels, to whoever declares one."""

from __future__ import annotations

from datetime import datetime

import msgspec

from streams.core.detection.signals import SignalKind
from streams.core.detection.suspicion import REASONS, Suspicion, SuspicionKind, SuspicionState
from streams.core.events.outage import Scope
from streams.core.months import datetime_of
from streams.core.outages import scope as scopes

SUSPECTED_TOPIC = "suspected-outages"


class SuspectedOutage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A burst of reports that looks like an outage (or a wave of complaints from everywhere), as it stands now.

    `id` stays the same from the first telling to the last, `revision` rises with each. `state` is open, closed (over),
    merged (another one, `merged_into`, took it in) or declared (the NOC did, as the outage `outage`). `confidence` goes
    from 0 to 100; `reason` is a sentence in each language.
    """

    id: str
    revision: int
    kind: SuspicionKind
    state: SuspicionState
    reported_as: SignalKind
    branch: str
    place: str
    scope: Scope
    first_report_at: datetime
    raised_at: datetime
    updated_at: datetime
    reports: int
    lines: int
    confidence: int
    reason: dict[str, str]
    symptoms: list[tuple[str, int]]
    ended_at: datetime | None = None
    merged_into: str | None = None
    outage: str | None = None


def told(suspicion: Suspicion, revision: int) -> SuspectedOutage:
    """Return a suspicion of the detector as it is told the `revision`-th time."""
    scope = Scope(
        ranges=list(suspicion.ranges),
        prefixes=list(suspicion.prefixes),
        sites=[suspicion.site] if suspicion.site else [],
    )
    return SuspectedOutage(
        id=suspicion.id,
        revision=revision,
        kind=suspicion.kind,
        state=suspicion.state,
        reported_as=suspicion.of,
        branch=suspicion.branch,
        place=scopes.place(scope) or suspicion.branch,
        scope=scope,
        first_report_at=datetime_of(suspicion.first_report_at),
        raised_at=datetime_of(suspicion.raised_at),
        updated_at=datetime_of(suspicion.updated_at),
        reports=suspicion.reports,
        lines=suspicion.lines,
        confidence=suspicion.confidence,
        reason={language: suspicion.reason.text(language) for language in REASONS[suspicion.reason.id]},
        symptoms=list(suspicion.symptoms),
        ended_at=None if suspicion.ended_at is None else datetime_of(suspicion.ended_at),
        merged_into=suspicion.merged_into,
        outage=suspicion.outage,
    )


_ENCODE = msgspec.json.Encoder(order="deterministic").encode
_DECODE = msgspec.json.Decoder(SuspectedOutage).decode


def write(suspected: SuspectedOutage) -> bytes:
    """Return a suspected outage as JSON; equal ones give equal bytes."""
    return _ENCODE(suspected)


def read(value: bytes | str) -> SuspectedOutage:
    """Return the suspected outage in JSON; raises msgspec.DecodeError."""
    return _DECODE(value)
