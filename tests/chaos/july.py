"""July 2009 as the chaos tests use it: its messages, the oracle's figures, and the proof that an installation has them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from streams.core.months import datetime_of
from streams.samples import july_2009
from streams.samples.lines import Line
from tests import oracle
from tests.chaos.cluster import Installation
from tests.chaos.figures import (
    Watcher,
    assert_each_once,
    indicators,
    oracle_of,
    read_letters,
    read_messages,
    read_tallies,
    under_wrong_key,
    unreadable,
)

PERIOD = july_2009.PERIOD
AS_OF = july_2009.AS_OF


def datetime_in_july(day: int, hour: int = 9) -> datetime:
    """Return an instant of July 2009, local time."""
    return datetime(2009, 7, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


@cache
def lines() -> tuple[Line, ...]:
    """Return the messages of the sample, made once."""
    return tuple(july_2009.lines())


@cache
def _truth(installation: Installation) -> oracle.Figures:
    return oracle_of(installation, (line[:3] for line in lines()), PERIOD, datetime_of(AS_OF))


async def assert_true(installation: Installation, watcher: Watcher) -> None:
    """Assert that tallies, as watched and as read anew, equal the oracle, and every bad message has its one letter."""
    assert watcher.backwards == []
    figures = _truth(installation)
    oracle.assert_equal(figures, indicators(watcher.tallies, PERIOD))
    oracle.assert_equal(figures, indicators(await read_tallies(installation), PERIOD))
    messages = await read_messages(installation)
    letters = await read_letters(installation)
    assert_each_once(letters, unreadable(messages) | under_wrong_key(messages))
    assert len(under_wrong_key(messages)) == figures.wrong_key
    assert len(unreadable(messages)) == figures.unreadable.total()
