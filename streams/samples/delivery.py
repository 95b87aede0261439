"""How messages reach the broker: delays, disorder, exact duplicates."""

from collections.abc import Iterable, Iterator
from random import Random

from streams.samples.calendar import HOUR, MINUTE, SECOND
from streams.samples.courses import Revision
from streams.samples.lines import Line

_DUPLICATED_SHARE = 0.02
_DELAYED_BY_MINUTES_SHARE = 0.015
_DELAYED_BY_HOURS_SHARE = 0.003


def deliver(topic: str, revisions: Iterable[Revision], latest: int, mishaps: float, random: Random) -> Iterator[Line]:
    """Yield the messages of `revisions` to `topic`, some of them twice, none after `latest` (microseconds).

    `mishaps` multiplies how often something goes wrong: a small topic would otherwise see nothing of it.
    A delayed message may arrive after newer revisions of the same thing.
    """
    for revision in revisions:
        at = min(revision.updated_at + _delay(mishaps, random), latest)
        line = Line(topic, revision.key.encode(), revision.encoded(), at)
        yield line
        if random.random() / mishaps < _DUPLICATED_SHARE:
            yield line._replace(at=min(at + _delay(mishaps, random) + random.randrange(10 * MINUTE), latest))


def _delay(mishaps: float, random: Random) -> int:
    delay = random.randrange(SECOND // 5, 20 * SECOND)
    chance = random.random() / mishaps
    if chance < _DELAYED_BY_HOURS_SHARE:
        return delay + random.randrange(HOUR, 20 * HOUR)
    if chance < _DELAYED_BY_HOURS_SHARE + _DELAYED_BY_MINUTES_SHARE:
        return delay + random.randrange(MINUTE, 45 * MINUTE)
    return delay
