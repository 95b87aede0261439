"""The course of a thing as its system tells it: one revision for each step, each carrying the whole state."""

from collections.abc import Iterable, Mapping

import msgspec

from streams.samples.calendar import write_instant

Fields = dict[str, object]
# What becomes known, and when (microseconds since the epoch).
Step = tuple[int, Fields]


class Revision(msgspec.Struct, eq=False):
    """One revision on its way: `key` is the message's key, `updated_at` in microseconds since the epoch.

    utc: its system writes UTC, not town time.
    """

    key: str
    fields: Fields
    updated_at: int
    utc: bool = False

    def encoded(self) -> bytes:
        """Return the message's value, with `updated_at` as it stands now."""
        self.fields["updated_at"] = write_instant(self.updated_at, utc=self.utc)
        return msgspec.json.encode(self.fields)


Course = list[Revision]


def told(opening: Fields, steps: Iterable[Step], key: str) -> Course:
    """Return the course that begins as `opening` says and learns more with each of `steps`, all under `key`."""
    state, course = opening, Course()
    for number, (updated_at, news) in enumerate(steps):
        state = state | news | {"revision": number}
        course.append(Revision(key=key, fields=state, updated_at=updated_at))
    return course


def known(fields: Mapping[str, object]) -> Fields:
    """Return the fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}
