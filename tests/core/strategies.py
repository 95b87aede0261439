"""Hypothesis strategies for fault tickets around the edges that matter, and one partition to run them through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from streams.core.contributions import chapters_for
from streams.core.events.context import CONTEXT_TOPIC, Tick, write_context
from streams.core.head import HEAD_KEY, Head, read_head
from streams.core.months import DAY, HOUR, MINUTE, SECOND, datetime_of
from streams.core.partition import READ_TOPICS
from streams.core.takeover import Kept
from streams.core.tallies import Bucket, Cells
from tests.core.model import FAULTS, Broker, Owner, Picture
from tests.core.story import NUMBERS, definitions, encode, instant

DEFINITIONS = definitions(ledger_months=2)
CHAPTERS = chapters_for(DEFINITIONS)
JULY, AUGUST = instant("2009-07-01T00:00:00+08:00"), instant("2009-08-01T00:00:00+08:00")
AS_OF = instant("2009-08-20T12:00:00+08:00")
"""Later than everything here, and before June closes."""

Document = dict[str, Any]

EDGES = (
    JULY - SECOND // 1_000,
    JULY,
    AUGUST - SECOND // 1_000,
    AUGUST,
    instant("2009-07-14T15:59:59.999+08:00"),
    instant("2009-07-14T16:00:00+08:00"),
    instant("2009-07-15T00:00:00+08:00"),
)


def instants() -> st.SearchStrategy[int]:
    """Return instants around July 2009, those at which a figure tips over among them."""
    return st.sampled_from(EDGES) | st.integers(JULY - 10 * DAY, AUGUST + 5 * DAY)


def durations() -> st.SearchStrategy[int]:
    """Return lengths of time (microseconds), round ones among them."""
    return st.sampled_from((0, MINUTE, 8 * HOUR, DAY, 30 * DAY)) | st.integers(0, 35 * DAY)


@st.composite
def tickets(draw: st.DrawFn, numbers: Sequence[str] = NUMBERS) -> Document:
    """Draw one revision of a fault ticket, times as instants; only a few ids, so that revisions meet."""
    opened = draw(instants())
    maybe = {
        "brand": st.sampled_from(("E6", "E8", "ADSL")),
        "product": st.sampled_from(("IPTV", "WiFi")),
        "branch": st.just("乐至"),
        "symptom": st.sampled_from(("slow", "no dial tone")),
        "cause": st.just("cable"),
        "cause_class": st.sampled_from(("network", "unknown", "other")),
        "preprocessed": st.booleans(),
        "status": st.sampled_from(("acknowledged", "closed", "cancelled", "rejected")),
        "restored_at": durations().map(lambda duration: opened + duration),
        "due_at": durations().map(lambda duration: opened + duration),
        "held": st.lists(holds(opened), max_size=3),
    }
    required = {
        "id": st.sampled_from(("T0", "T1", "T2", "T3", "T4", "T5")),
        "revision": st.integers(0, 3),
        "subscriber": st.sampled_from(numbers),
        "opened_at": st.just(opened),
        "service": st.sampled_from(("fixed", "broadband")),
    }
    return draw(st.fixed_dictionaries(required, optional=maybe))


def nearly() -> st.SearchStrategy[Any]:
    """Return JSON values that a field could be sent with by a system that means well, or not."""
    return st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=3)
        | st.sampled_from(("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "2100-12-31T00:00:00Z", "closed")),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(("from", "to")), inner, max_size=2),
        max_leaves=4,
    )


@st.composite
def holds(draw: st.DrawFn, opened: int) -> tuple[int, int | None]:
    """Draw a held time (from, to) near a report; `to` is None while it lasts."""
    start = opened + draw(st.integers(-2 * HOUR, 3 * DAY))
    return start, draw(st.none() | durations().map(lambda duration: start + duration))


def logs(min_size: int = 0) -> st.SearchStrategy[list[Document]]:
    """Return logs of tickets in which every (number, id, revision) has one content, as source systems mean it."""
    return st.lists(
        tickets(),
        min_size=min_size,
        max_size=12,
        unique_by=lambda ticket: (ticket["subscriber"], ticket["id"], ticket["revision"]),
    )


class Single:
    """One partition, alone with its log: what is written to it, it counts."""

    def __init__(self) -> None:
        self.broker = Broker(1, transactional=True)
        self.broker.timestamp_ms = AS_OF // 1_000
        self.take_over()

    def take_over(self, kept: Kept | None = None) -> None:
        """Let another worker take the partition over, with a state from earlier if there is one."""
        self.owner = Owner(0, self.broker, DEFINITIONS, CHAPTERS, kept, wall_clock=False, detects=False)

    def write(self, documents: Iterable[Document]) -> None:
        """Write tickets to the log, each under its number."""
        for document in documents:
            log = self.broker.logs[FAULTS, 0]
            log.append(document["subscriber"].encode(), encode(document, AS_OF), self.broker.timestamp_ms)

    def tick(self, at: int = AS_OF) -> None:
        """Write a tick that comes after everything written so far."""
        self.tick_after(self.broker.logs[FAULTS, 0].end, at)

    def tick_after(self, offset: int, at: int) -> None:
        """Write a tick that comes after the tickets below an offset."""
        tick = write_context(Tick(at=datetime_of(at), after={FAULTS: offset}))
        self.broker.logs[CONTEXT_TOPIC, 0].append(None, tick, self.broker.timestamp_ms)

    def work(self, limit: int = 1_000) -> None:
        """Let the partition take in at most `limit` more messages of each topic, and send its rounds."""
        for topic in READ_TOPICS:
            self.owner.deliver(topic, limit)
        while self.owner.send_round():
            pass

    def head(self) -> Head:
        """Return the last head that was sent."""
        return [read_head(value) for key, value in self.broker.tallies[0] if key == HEAD_KEY and value is not None][-1]

    def picture(self) -> dict[Bucket, Cells]:
        """Return what a reader sees in the tallies."""
        picture = Picture()
        for key, value in self.broker.tallies[0]:
            picture.read(key, value)
        return picture.counted()


def picture_of(documents: Iterable[Document], at: int = AS_OF) -> dict[Bucket, Cells]:
    """Return the tallies of a log, read in one go and counted at the instant `at`."""
    single = Single()
    single.write(documents)
    single.tick(at)
    single.work()
    return single.picture()
