"""What outages contribute: themselves, whole; users and hours are worked out where all outages are known together."""

from __future__ import annotations

import msgspec

from streams.core.contributions.chapter import Chapter
from streams.core.contributions.measures import Measure, Weights
from streams.core.events.outage import Outage
from streams.core.months import SLOT, instant_of
from streams.core.outages.linking import window_of

OUTAGES = Measure(name="outages", topic=Outage.topic, labels=("outage",), grain="day")
"""Its label is an outage as JSON: outages are few, and impact is no sum over partitions."""

_ENCODE = msgspec.json.Encoder(order="deterministic").encode
_DECODE = msgspec.json.Decoder(Outage).decode


def written(outage: Outage) -> str:
    """Return an outage as the label that it is tallied under; equal outages give equal labels."""
    return _ENCODE(outage).decode()


def read(label: str) -> Outage:
    """Return the outage in a label."""
    return _DECODE(label)


class OutageChapter(Chapter):
    """The contributions of outages."""

    topic = Outage.topic
    measures = (OUTAGES,)

    def of_fact(self, outage: Outage, now: int) -> Weights:
        """Return the outage under its own label, on the day of its start; a rejected one never was."""
        if not self.counts(outage):
            return {}
        return {(("day", instant_of(outage.started_at) // SLOT), (OUTAGES.name, (written(outage),))): 1}

    def remembered_until(self, outage: Outage) -> int:
        """Return until when reports may belong to it."""
        return window_of(outage, self._definitions, self._calendar).end
