"""The storm: how many tell what, when, and that its directory is what its notices say."""

from __future__ import annotations

from collections import Counter

from streams.core.events import READERS
from streams.core.events.outage import Outage
from streams.core.months import SECOND, instant_of
from streams.core.outages.directory import Directory, Row
from streams.samples.storm import NOTICES, TICKETS, directory, storm

BEGAN = 1_246_000_000 * SECOND
TEN_MINUTES = 600 * SECOND
STORM = storm(BEGAN, TEN_MINUTES)


def test_the_same_storm_comes_every_time_at_any_pace() -> None:
    """Messages and their order do not depend on chance; ten times as fast they come in a tenth of the time."""
    assert storm(BEGAN, TEN_MINUTES) == STORM
    quick = storm(BEGAN, TEN_MINUTES // 10)
    assert [told.line.key for told in quick] == [told.line.key for told in STORM]
    assert (quick[-1].line.at - BEGAN) * 10 - (STORM[-1].line.at - BEGAN) in range(-10, 11)


def test_five_thousand_tickets_come_in_ten_minutes_a_hundred_a_second_at_first() -> None:
    """The peak lasts twenty seconds; complaints, and tickets of lines that are well, come on top."""
    of_outage = [told.line.at for told in STORM if told.what == "ticket" and told.notice is not None]
    assert len(of_outage) == TICKETS
    assert max(of_outage) < BEGAN + TEN_MINUTES
    by_second = Counter((at - BEGAN) // SECOND for at in of_outage)
    assert 1_900 < sum(by_second[second] for second in range(10, 30)) < 2_200
    whats = Counter(told.what for told in STORM)
    assert whats["complaint"] == 250
    assert whats["closing"] == whats["ticket"] == TICKETS + 5


def test_every_message_is_a_valid_event_told_when_it_says() -> None:
    """The readers of the topics take them all; the time of the line is that of the revision."""
    for told in STORM:
        event = READERS[told.line.topic].read(told.line.value)
        assert event.key().encode() == told.line.key
        assert instant_of(event.updated_at) == told.line.at


def test_each_notice_keeps_as_many_out_as_it_says() -> None:
    """By the directory the scope of each notice holds its exchanges' lines; steps take the others off."""
    known = Directory(Row(number, site, branch) for number, site, branch in directory())
    for number, told in enumerate(told for told in STORM if told.what == "notice"):
        outage = READERS["outages"].read(told.line.value)
        assert isinstance(outage, Outage)
        back = sum(step.users for step in outage.steps or [])
        assert outage.revision == number
        assert known.in_scope(outage.scope, BEGAN).size - back == NOTICES[number].users_out() or outage.restored_at
    assert [notice.users_out() for notice in NOTICES] == [60_000, 80_000, 100_000, 60_000, 0]
