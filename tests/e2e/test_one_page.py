"""One mass outage is one page: told once on the real chain, with what is shipped, and looked at from all sides."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest

from streams.alerting.pager.pages import Page
from streams.core.months import SECOND
from tests.alerting.pager.kit import roster
from tests.chaos.cluster import Installation
from tests.conftest import Broker
from tests.e2e.story import CITY_CHANNELS, FIGURES, JIANYANG, OUTAGE, PLACE, TICKETS, URBAN, URBAN_CHANNELS, Told, tell

PAGED_WITHIN_SECONDS = 45
TAKES_TURNS_FROM = datetime(2026, 1, 5, 1, tzinfo=UTC)
"""The Monday, nine o'clock in Shanghai, from which the two of 现业 take weekly turns."""

SUSPECTED, MAJOR = ("疑似群障", "Suspected outage"), ("群障（较大）", "Mass outage (major)")
SAYINGS = (
    (("【严重】", "【critical】"), SUSPECTED),
    (("【更新】", "【update】"), MAJOR),
    (("【恢复】", "【over】"), MAJOR),
)
"""What messages begin with, and what they call it, in the language of whoever is on duty."""


@pytest.fixture(scope="module")
def told(apache_kafka: Broker, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The story, told once."""
    folder = tmp_path_factory.mktemp("one-page")
    installation = Installation(
        connection=apache_kafka.connection, prefix=f"{folder.name}-", folder=folder, partitions=3, clock="wall"
    )
    return asyncio.run(tell(installation))


def page_of(branch: str, told: Told) -> Page:
    """Return the only page of a branch."""
    [page] = [page for page in told.pages if page.subject.branch == branch]
    return page


def test_an_outage_is_one_page_with_an_update_and_an_end(told: Told) -> None:
    """Suspected, then declared with a class, then restored: one page to one person, each message once."""
    page = page_of(URBAN, told)
    assert [(notice.kind, notice.state) for notice in page.notices] == [
        ("page", "delivered"),
        ("update", "delivered"),
        ("resolve", "delivered"),
    ]
    assert page.state == "resolved"
    assert [told.ids[notice.id] for notice in page.notices] == [1, 1, 1]
    texts = [text for channel, text, _ in told.messages if channel in URBAN_CHANNELS]
    for text, (head, what) in zip(texts, SAYINGS, strict=True):
        assert text.startswith(head), text
        assert any(words in text for words in what), text
        assert PLACE in text
    assert all(OUTAGE in text for text in texts[1:])


def test_it_goes_to_the_manager_on_duty_of_that_branch(told: Told) -> None:
    """Whose week it is, by the calendar alone; the other one of 现业 hears nothing."""
    page = page_of(URBAN, told)
    weeks = (datetime.fromtimestamp(page.opened_at / SECOND, UTC) - TAKES_TURNS_FROM).days // 7
    on_duty = URBAN_CHANNELS[weeks % len(URBAN_CHANNELS)]
    assert {notice.channel for notice in page.notices} == {on_duty}
    assert Counter(channel for channel, _, _ in told.messages if channel in URBAN_CHANNELS) == {on_duty: 3}


def test_it_comes_in_time(told: Told) -> None:
    """Within 45 seconds from the record on suspected-outages, as the broker stamped it, to the message's arrival."""
    arrived = min(at for channel, _, at in told.messages if channel in URBAN_CHANNELS)
    assert 0 < arrived - told.suspected_at <= PAGED_WITHIN_SECONDS
    assert told.suspected.place == PLACE


def test_tickets_and_figures_add_no_page(told: Told) -> None:
    """A thousand tickets in those seconds, forty figures that miss their targets: held back, each of them."""
    assert told.tickets >= TICKETS
    assert Counter(told.states) == {"suppressed": len(told.states)}
    assert len(told.states) >= FIGURES
    assert sorted(page.subject.branch for page in told.pages) == sorted([URBAN, JIANYANG])
    channels = {channel for channel, _, _ in told.messages}
    assert channels <= {*URBAN_CHANNELS, *CITY_CHANNELS, "WANG_SMS"}


def test_a_worker_that_is_killed_gives_no_page(told: Told) -> None:
    """It died once while an outage fired, and another took its partitions over: nobody was told more than there was."""
    assert told.exits == [-9]
    assert len(told.pages) == 2


def test_another_outage_pages_again(told: Told) -> None:
    """Somebody has taken the first one of 简阳; the second one needs somebody to take it, too: the same page, again."""
    page = page_of(JIANYANG, told)
    assert [(one.person, page.state) for one in page.acknowledgements] == [("wang", "open")]
    by_channel = {
        channel.name: [one.kind for one in page.notices if one.channel == channel.name]
        for channel in roster().people["wang"].channels
    }
    assert by_channel == {"WANG": ["page", "page"], "WANG_SMS": ["page", "page"]}


def test_it_is_the_configuration_that_makes_it_one(told: Told) -> None:
    """Where alerts are not grouped and none holds back another, the same minutes are a page for each."""
    assert len(told.control_pages) > FIGURES
