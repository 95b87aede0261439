"""How far an outage is from a duty to report, and when it will be there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.events.outage import Scope
from streams.core.outages.duties import Distance, distances
from streams.core.outages.impact import assess
from streams.core.outages.rules import Duty
from tests.core.outages.making import at, definitions, outage

USER_TIME = Duty(id="time", names={}, user_minutes=6_000)
MANY_FOR_LONG = Duty(id="many", names={}, users=100, minutes=60, within_minutes=240)
NORS = Duty(id="nors", names={}, minutes=30, user_minutes=900)
SITE = Scope(sites=["A"])


def distance(
    duty: Duty, users: int | None, now: int, restored: int | None = None, steps: Sequence[tuple[int, int]] = ()
) -> Distance:
    """Return how far an outage of so many users since minute 0 is from a duty at the minute `now`."""
    made = outage("Q", SITE, 0, restored, steps, users=users)
    (impact,) = assess([made], definitions(), at(0), at(1), at(now)).outages
    (found,) = distances(impact, [duty], at(now))
    return found


def reached(minutes: int | None, within: int = 0) -> tuple[int | None, int | None]:
    """Return when a duty is reached and when its report is due, both None if never."""
    return (None, None) if minutes is None else (at(minutes), at(minutes + within))


@pytest.mark.parametrize(
    ("duty", "users", "now", "restored", "steps", "share", "reached_at"),
    [
        # 100 users take an hour to 6,000 user-minutes
        (USER_TIME, 100, 0, None, (), Fraction(0), 60),
        (USER_TIME, 100, 45, None, (), Fraction(3, 4), 60),
        (USER_TIME, 100, 60, None, (), Fraction(1), 60),
        (USER_TIME, 100, 90, None, (), Fraction(3, 2), 60),
        # half of them are back after 30 minutes: the other half takes twice as long
        (USER_TIME, 100, 40, None, [(30, 50)], Fraction(35, 60), 90),
        # all are back before it comes to that
        (USER_TIME, 100, 80, 45, (), Fraction(3, 4), None),
        (USER_TIME, 100, 80, 60, (), Fraction(1), 60),
        (USER_TIME, 0, 80, None, (), Fraction(0), None),
        # enough users, not yet for long enough
        (MANY_FOR_LONG, 200, 30, None, (), Fraction(1, 2), 60),
        (MANY_FOR_LONG, 200, 60, None, (), Fraction(1), 60),
        (MANY_FOR_LONG, 200, 30, None, [(20, 100)], Fraction(1, 2), 60),
        # after 20 minutes there are too few, for good
        (MANY_FOR_LONG, 200, 30, None, [(20, 101)], Fraction(1, 3), None),
        (MANY_FOR_LONG, 200, 90, 45, (), Fraction(3, 4), None),
        (MANY_FOR_LONG, 60, 30, None, (), Fraction(1, 2), None),
        (MANY_FOR_LONG, 60, 90, None, (), Fraction(6, 10), None),
        # both thresholds: the one further away decides
        (NORS, 100, 9, None, (), Fraction(9, 30), 30),
        (NORS, 10, 45, None, (), Fraction(1, 2), 90),
        (NORS, 100, 40, 20, (), Fraction(2, 3), None),
    ],
)
def test_distances(
    duty: Duty,
    users: int,
    now: int,
    restored: int | None,
    steps: Sequence[tuple[int, int]],
    share: Fraction,
    reached_at: int | None,
) -> None:
    """Share of the way at `now`, and the minute at which the duty is reached at the present number of users."""
    found = distance(duty, users, now, restored, steps)
    assert found.share == share
    assert (found.reached_at, found.due_at) == reached(reached_at, duty.within_minutes)
    assert found.reached == (reached_at is not None and reached_at <= now)


def test_nobody_knows_how_far_an_outage_of_unknown_users_is() -> None:
    """No share, no instant, not reached."""
    assert distance(MANY_FOR_LONG, None, 600) == Distance(
        duty="many", reached=False, share=None, reached_at=None, due_at=None
    )


@given(
    st.builds(
        Duty,
        id=st.just("any"),
        names=st.just({}),
        users=st.sampled_from((0, 1, 5, 10)),
        minutes=st.sampled_from((1, 10, 20)),
        user_minutes=st.sampled_from((0, 1, 60, 200)),
    ),
    st.integers(0, 12),
    st.none() | st.integers(0, 40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), max_size=3).map(sorted),
    st.integers(0, 60),
)
def test_a_duty_is_reached_when_the_way_is_gone(
    duty: Duty, users: int, restored: int | None, steps: list[tuple[int, int]], now: int
) -> None:
    """The share is 1 or more just where the duty is reached; what is reached stays so, at the same instant."""
    within = [(min(minute, restored or minute), min(back, users // 3)) for minute, back in steps]
    within = [] if restored == 0 else within
    before, after = (distance(duty, users, minute, restored, within) for minute in (now, now + 1))
    for found in (before, after):
        assert found.share is not None
        assert (found.share >= 1) == found.reached
    assert before.reached_at == after.reached_at
    assert before.reached <= after.reached
