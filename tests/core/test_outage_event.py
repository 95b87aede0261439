"""Messages about outages: what is read, and that nonsense is refused with its field and its reason."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from streams.core.events import Refused
from streams.core.events.outage import Outage, Scope
from streams.core.events.reading import Reader

READER = Reader(Outage)
OUTAGE: dict[str, Any] = {
    "id": "Q1",
    "revision": 2,
    "updated_at": "2009-07-05T12:00:00+08:00",
    "started_at": "2009-07-05T09:12:00+08:00",
    "scope": {"ranges": [["6182560", "6182687"]]},
}
BEFORE, AFTER = "2009-07-05T09:11:59+08:00", "2009-07-05T11:12:00+08:00"


def written(**changes: Any) -> bytes:
    """Return the outage as JSON with some fields changed, or left out where the change is `...`."""
    return msgspec.json.encode({name: value for name, value in {**OUTAGE, **changes}.items() if value is not ...})


def ranged(*ranges: Any) -> bytes:
    """Return the outage with other ranges."""
    return written(scope={"ranges": list(ranges)})


def stepped(*users: int, **changes: Any) -> bytes:
    """Return the outage with steps that bring so many users back."""
    return written(steps=[{"at": AFTER, "users": back} for back in users], **changes)


@pytest.mark.parametrize(
    ("value", "field", "detail"),
    [
        (ranged(["6182687", "6182560"]), "scope.ranges[0]", "its last number is below its first"),
        (ranged(["1", "2"], ["618", "6187"]), "scope.ranges[1]", "its two numbers differ in length"),
        (ranged(["618256A", "6182687"]), "scope.ranges[0][0]", "matching regex"),
        (ranged(["6182560", "-182687"]), "scope.ranges[0][1]", "matching regex"),
        (ranged(["", ""]), "scope.ranges[0][0]", "matching regex"),
        (ranged(["١", "٢"]), "scope.ranges[0][0]", "matching regex"),
        (ranged(["6182560"]), "scope.ranges[0]", "length 2"),
        (ranged([6182560, 6182687]), "scope.ranges[0][0]", "Expected `str`"),
        (ranged(["0" * 33, "9" * 33]), "scope.ranges[0][0]", "matching regex"),
        (ranged(*([f"618{number:04d}"] * 2 for number in range(10_000))), "scope.ranges", "length <= 100"),
        (written(scope={}), "scope", "names neither ranges nor prefixes nor sites"),
        (written(scope={"ranges": [], "prefixes": [], "sites": []}), "scope", "names neither"),
        (written(scope=...), "scope", "is required"),
        (written(scope={"prefixes": ["66x"]}), "scope.prefixes[0]", "matching regex"),
        (written(scope={"prefixes": [""]}), "scope.prefixes[0]", "matching regex"),
        (written(scope={"sites": [""]}), "scope.sites[0]", "length >= 1"),
        (written(started_at=...), "started_at", "is required"),
        (written(restored_at=BEFORE), "restored_at", "is before started_at"),
        (written(expected_at=BEFORE), "expected_at", "is before started_at"),
        (written(status="restored"), "restored_at", "is required for an outage whose status is restored"),
        (written(users=-1), "users", ">= 0"),
        (written(services=["telegraph"]), "services[0]", "telegraph"),
        (written(steps=[{"at": BEFORE, "users": 1}]), "steps[0].at", "is before started_at"),
        (written(steps=[{"at": "1989-12-31T23:59:59Z", "users": 1}]), "steps[0].at", "outside the years"),
        (stepped(1, restored_at="2009-07-05T11:11:59+08:00"), "steps[0].at", "is after restored_at"),
        (
            written(steps=[{"at": AFTER, "users": 1}, {"at": OUTAGE["started_at"], "users": 1}]),
            "steps[1].at",
            "is before the step before it",
        ),
        (stepped(600, 151, users=750), "steps", "restore more users than the 750 that were out"),
        (stepped(100, 29), "steps", "restore more users than the 128 that were out"),
        (stepped(1, users=0), "steps", "restore more users than the 0 that were out"),
        (
            stepped(101, scope={"ranges": [["100", "149"], ["140", "199"]]}),
            "steps",
            "restore more users than the 100 that were out",
        ),
    ],
)
def test_a_refusal_names_its_field_and_its_reason(value: bytes, field: str, detail: str) -> None:
    """Whoever finds the message among the dead letters is told what to mend."""
    with pytest.raises(Refused) as refused:
        READER.read(value)
    assert (refused.value.reason, refused.value.field) == ("invalid", field)
    assert detail in refused.value.detail


@pytest.mark.parametrize(
    "value",
    [
        stepped(100, 28),
        stepped(600, 150, users=750),
        stepped(10**6, scope={"prefixes": ["663"]}),
        stepped(10**6, scope={"ranges": [["1", "2"]], "sites": ["FTTB媒体箱"]}),
        written(restored_at=OUTAGE["started_at"]),
        ranged(["6182560", "6182560"]),
        ranged(["0" * 32, "9" * 32]),
        ranged(*([["1", "2"]] * 100)),
    ],
)
def test_what_is_on_the_edge_is_read(value: bytes) -> None:
    """All users may come back in steps, at once, and a scope may be one number; who is unknown cannot be too many."""
    assert isinstance(READER.read(value), Outage)


def test_an_outage_belongs_where_its_id_is_and_when_it_began() -> None:
    """Its key is its id, whatever its scope; its month that of its start."""
    read = READER.read(written(restored_at="2009-08-01T00:00:00+08:00", colour="red"))
    assert isinstance(read, Outage)
    assert (read.key(), read.happened_at()) == ("Q1", read.started_at)
    assert read.scope == Scope(ranges=[("6182560", "6182687")])
