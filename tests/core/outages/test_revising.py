"""The next revision of an outage: what is given changes, the rest stays, and nonsense is refused."""

from __future__ import annotations

import msgspec
import pytest

from streams.core.events import READERS, Refused
from streams.core.events.outage import Outage, Scope, Step
from streams.core.outages.directory import Directory, Row
from streams.core.outages.revising import (
    CannotRevise,
    changed,
    impact_alone,
    overlapping,
    rejected,
    restored,
    written,
)
from tests.core.installation import DEFINITIONS, at

START, NOW = at("2009-07-14 18:24"), at("2009-07-14 20:00")


def outage(identity: str = "QZ-1", scope: Scope | None = None, **fields: object) -> Outage:
    """Return an outage of 14 July."""
    scope = scope or Scope(prefixes=["663"])
    return Outage(id=identity, revision=0, updated_at=START, started_at=START, scope=scope, **fields)  # type: ignore[arg-type]


def test_a_change_is_the_next_revision() -> None:
    """What is not named stays; the message reads back as it was written."""
    next_one = changed(outage(users=600, owner="现业公众客户部"), NOW, users=80)
    assert (next_one.revision, next_one.updated_at, next_one.users, next_one.owner) == (1, NOW, 80, "现业公众客户部")
    assert READERS["outages"].read(written(next_one)) == next_one


def test_steps_stand_in_the_order_of_time() -> None:
    """A step that is told late finds its place; the outage itself goes on."""
    late = restored(restored(outage(users=600), at("2009-07-14 20:00"), NOW, 200), at("2009-07-14 19:00"), NOW, 100)
    assert late.steps == [
        Step(at=at("2009-07-14 19:00"), users=100),
        Step(at=at("2009-07-14 20:00"), users=200),
    ]
    assert (late.status, late.restored_at) == (None, None)
    assert restored(late, at("2009-07-14 21:00"), NOW).status == "restored"


def test_what_was_rejected_stays_so() -> None:
    """No revision follows; the reason is kept as its cause."""
    gone = rejected(outage(), NOW, "误报")
    assert (gone.status, gone.cause) == ("rejected", "误报")
    assert rejected(outage(cause="x"), NOW, None).cause == "x"
    for revise in (lambda: changed(gone, NOW, users=1), lambda: rejected(gone, NOW, None)):
        with pytest.raises(CannotRevise, match="was rejected"):
            revise()


def test_planned_work_is_announced_ahead() -> None:
    """Weeks before its start, where what is not planned cannot be known."""
    assert written(changed(outage(), NOW, started_at=at("2009-08-16 02:00"), planned=True))


@pytest.mark.parametrize(
    ("revised", "field"),
    [
        (restored(outage(), at("2009-07-14 18:00"), NOW), "restored_at"),
        (restored(outage(users=5), at("2009-07-14 19:00"), NOW, 6), "steps"),
        (changed(outage(), NOW, scope=Scope()), "scope"),
        (changed(outage(), NOW, scope=Scope(ranges=[("2", "1")])), "scope.ranges[0]"),
        (changed(outage(), NOW, users=-1), "users"),
        (changed(outage(), NOW, started_at=at("2009-07-16 18:24")), "started_at"),
        (changed(outage(), NOW, started_at=at("2009-11-16 18:24"), planned=True), "started_at"),
    ],
)
def test_nonsense_is_refused_before_it_is_sent(revised: Outage, field: str) -> None:
    """By the checks that any message goes through, with the field that it lies in."""
    with pytest.raises(Refused) as refused:
        written(revised)
    assert refused.value.field == field


def test_an_outage_by_itself() -> None:
    """Who is out as it begins while it is open; what it cost once it is over; nothing of a rejected one."""
    still_out = impact_alone(outage(users=600), DEFINITIONS)
    assert still_out is not None
    assert (still_out.users, still_out.users_out, still_out.whole_user_microseconds) == (600, 600, 0)
    ended = impact_alone(restored(outage(users=600), at("2009-07-14 18:24"), NOW), DEFINITIONS)
    assert ended is not None
    assert ended.users_out == 0
    assert impact_alone(rejected(outage(), NOW, None), DEFINITIONS) is None


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        (Scope(prefixes=["6635"]), True),
        (Scope(prefixes=["66"]), True),
        (Scope(ranges=[("6630000", "6630000")]), True),
        (Scope(ranges=[("6640000", "6640000")]), False),
        (Scope(prefixes=["664"]), False),
        (Scope(sites=["box"]), True),
        (Scope(sites=["elsewhere"]), False),
    ],
)
def test_scopes_that_share_a_line_overlap(other: Scope, meets: bool) -> None:
    """By numbers, by prefixes one of which begins the other, by a site; a directory tells the numbers at a site."""
    directory = Directory([Row("6630001", "box", None)])
    definitions = msgspec.structs.replace(DEFINITIONS, directory=directory)
    assert bool(overlapping(outage(), [outage("other", other)], definitions)) == meets


def test_what_is_over_or_rejected_does_not_overlap() -> None:
    """Nor does an outage with itself; of one that is over itself nothing is told."""
    others = [
        outage("over", status="restored", restored_at=START),
        outage("gone", status="rejected"),
        outage("QZ-1"),
        outage("live", restored_at=NOW),
    ]
    assert [other.id for other in overlapping(outage(), others, DEFINITIONS)] == ["live"]
    assert overlapping(outage(restored_at=NOW), others, DEFINITIONS) == []
    assert overlapping(rejected(outage(), NOW, None), others, DEFINITIONS) == []
