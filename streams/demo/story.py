"""The evening of 14 July 2009 as it is staged: which messages tell of it, and which time of now each time in them is.

It goes by in acts, many times as fast as it did, and stands still between two of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from streams.core.events.fault import FaultTicket
from streams.core.events.outage import Outage
from streams.core.months import DAY, datetime_of, instant_of
from streams.replay.lines import Message
from streams.replay.plan import Timed, read
from streams.samples import july_2009
from streams.samples.outages import outages

DAYS_BEFORE = 7
"""So much of what led up to it is told, so that it is known what is usual at which hour."""
WEEK = 7 * DAY
PREFIX = "663"


class Revision(NamedTuple):
    """What the network centre tells of the outage, and when it came."""

    at: int
    outage: Outage


class Story(NamedTuple):
    """What led up to the outage, and the messages that tell of it, in the order of their coming.

    began: when it began; usual_until: when what led up to it ends, which is at the hour of the week that it is now.
    """

    before: list[Timed]
    evening: list[Timed]
    notices: list[Revision]
    began: int
    usual_until: int


def load(now: int) -> Story:
    """Return the story as the sample month tells it, from its outage of the prefix until it is told that this is over.

    What led up to it are the fault tickets of days of that month that end at the hour of the week of the instant `now`:
    nights are quieter than days, and detection knows it.
    """
    [began] = [outage.started_at for outage in outages() if PREFIX in outage.prefixes]
    usual_until = began - (began - now) % WEEK
    coming = list(_of_network())
    notices = list(_notices(coming, began))
    end = notices[-1].at
    return Story(
        before=[
            timed
            for timed in coming
            if usual_until - DAYS_BEFORE * DAY <= timed.at < usual_until and timed.message.topic == FaultTicket.topic
        ],
        evening=[timed for timed in coming if began <= timed.at <= end and _tells_of_it(timed, began)],
        notices=notices,
        began=began,
        usual_until=usual_until,
    )


def _of_network() -> Iterator[Timed]:
    for line in july_2009.lines():
        if line.topic in (FaultTicket.topic, Outage.topic):
            message = Message(line.topic, line.key, line.value)
            yield Timed(line.at, message, read(message))


def _notices(coming: list[Timed], began: int) -> Iterator[Revision]:
    """Yield each revision of the outage as it came first, until that which says that it is over."""
    revision = -1
    for timed in coming:
        event = timed.event
        if isinstance(event, Outage) and instant_of(event.started_at) == began and event.revision > revision:
            revision = event.revision
            yield Revision(timed.at, event)
            if event.restored_at is not None:
                return


def _tells_of_it(timed: Timed, began: int) -> bool:
    event = timed.event
    if isinstance(event, FaultTicket):
        return event.subscriber.startswith(PREFIX) and instant_of(event.opened_at) >= began
    return isinstance(event, Outage) and instant_of(event.started_at) == began


class _Act(NamedTuple):
    begin: int
    end: int
    now: int
    times_as_fast: int


class Acts:
    """Which instant of now belongs to an instant of then, act by act; what lies before and after keeps its pace."""

    def __init__(self, began: int, now: int) -> None:
        """Let the instant `began` be the instant `now`."""
        self._acts = [_Act(began, began, now, 1)]

    def begin(self, end: int, now: int, times_as_fast: int) -> None:
        """Begin, at the instant `now`, the act that goes on from where the last one ended until `end`."""
        self._acts.append(_Act(self._acts[-1].end, end, now, times_as_fast))

    def ended(self) -> int:
        """Return the instant of then up to which it has gone by."""
        return self._acts[-1].end

    def now_of(self, then: int) -> int:
        """Return the instant of now for an instant of then."""
        act = next((act for act in reversed(self._acts) if act.begin <= then), self._acts[0])
        inside = min(then, act.end) - act.begin
        return act.now + inside // act.times_as_fast + (then - act.begin - inside)

    def moved(self, moment: datetime) -> datetime:
        """Return a date and time of now for one of then, with the same offset."""
        return datetime_of(self.now_of(instant_of(moment))).astimezone(moment.tzinfo)
