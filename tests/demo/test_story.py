"""The staged evening: which messages tell of it, when they are, and that nothing else is suspected beside it."""

from __future__ import annotations

from datetime import datetime

import pytest

from streams.core.events import FaultTicket
from streams.core.months import HOUR, MINUTE, SECOND, instant_of
from streams.demo.story import DAYS_BEFORE, WEEK, Acts, Story, load
from streams.replay.shifting import retimed
from streams.samples.lines import Line
from tests.core.july_signals import DEFINITIONS, Detecting

THEN, NOW = instant_of(datetime.fromisoformat("2009-07-14T18:24:00+08:00")), 1_800_000_000 * SECOND
QUIET_HOUR, BUSY_HOUR = (instant_of(datetime.fromisoformat(f"2026-11-2{at}:00:00+08:00")) for at in ("4T04", "7T10"))


def test_what_lies_before_keeps_its_pace_and_what_is_played_goes_by_faster() -> None:
    """Between two acts time stands still; what lies ahead of the last one keeps its pace."""
    acts = Acts(THEN, NOW)
    acts.begin(THEN + HOUR, NOW, 60)
    acts.begin(THEN + 2 * HOUR, NOW + 5 * MINUTE, 60)
    assert acts.now_of(THEN - HOUR) == NOW - HOUR
    assert acts.now_of(THEN + 30 * MINUTE) == NOW + 30 * SECOND
    assert acts.now_of(THEN + HOUR - 1) < NOW + MINUTE
    assert acts.now_of(THEN + HOUR) == NOW + 5 * MINUTE
    assert acts.now_of(THEN + 2 * HOUR) == acts.now_of(acts.ended()) == NOW + 6 * MINUTE
    assert acts.now_of(THEN + 3 * HOUR) == NOW + 6 * MINUTE + HOUR


def test_a_moment_keeps_its_offset() -> None:
    """A source that writes UTC goes on writing UTC, one that writes town time town time."""
    acts = Acts(THEN, NOW)
    for text in ("2009-07-14T18:00:00+08:00", "2009-07-14T10:00:00+00:00"):
        moved = acts.moved(datetime.fromisoformat(text))
        assert instant_of(moved) == NOW - 24 * MINUTE
        assert moved.utcoffset() == datetime.fromisoformat(text).utcoffset()


@pytest.fixture(scope="module", params=[QUIET_HOUR, BUSY_HOUR])
def staged(request: pytest.FixtureRequest) -> tuple[Story, int]:
    """The story, and the hour at which it is staged."""
    return load(request.param), request.param


def test_the_story_is_july_s(staged: tuple[Story, int]) -> None:
    """600 users of prefix 663 report; the centre declares too little, puts it right, and says that it is over."""
    story, _ = staged
    users = {timed.event.subscriber for timed in story.evening if isinstance(timed.event, FaultTicket)}
    assert story.began == THEN
    assert 600 <= len(users) < 620
    assert all(user.startswith("663") for user in users)
    assert [notice.outage.users for notice in story.notices] == [80, 600, 600]
    assert [notice.outage.restored_at is not None for notice in story.notices] == [False, False, True]
    assert story.evening[-1].at == story.notices[-1].at


def test_what_led_up_to_it_ends_at_the_hour_of_the_week_that_it_is(staged: tuple[Story, int]) -> None:
    """Nights stay nights: the days before are moved by whole weeks."""
    story, now = staged
    assert (now - story.usual_until) % WEEK == 0
    assert THEN - WEEK < story.usual_until <= THEN
    assert DAYS_BEFORE * 24 * HOUR - HOUR < story.usual_until - story.before[0].at <= DAYS_BEFORE * 24 * HOUR
    assert {timed.message.topic for timed in story.before} == {"faults"}


def test_at_any_hour_the_outage_is_suspected_and_nothing_else(staged: tuple[Story, int]) -> None:
    """Nothing is open when it begins, so that the page is about the outage."""
    story, now = staged
    usual, acts, detecting = Acts(story.usual_until, now), Acts(story.began, now + MINUTE), Detecting(DEFINITIONS)
    for timed in story.before:
        message = retimed(timed.message, usual.moved)
        detecting.take(Line(message.topic, message.key, message.value, usual.now_of(timed.at)))
    before = {told.suspected.id: told.suspected.state for told in detecting.tick(now + MINUTE)}
    acts.begin(story.notices[0].at, now + MINUTE, 720)
    for timed in story.evening:
        if timed.at < story.notices[0].at:
            message = retimed(timed.message, acts.moved)
            detecting.take(Line(message.topic, message.key, message.value, acts.now_of(timed.at)))
    told = detecting.tick(acts.now_of(story.notices[0].at))
    assert "open" not in before.values()
    assert {one.suspected.state for one in told} == {"open"}
    assert len({one.suspected.id for one in told}) == 1
