"""How messages reach the broker: delays, disorder, exact duplicates."""

from collections.abc import Iterable, Iterator
from random import Random

from streams.samples.calendar import HOUR, MINUTE, SECOND
from streams.samples.lifecycle import Revision
from streams.samples.lines import Line

TOPIC = "faults"
_DUPLICATED_SHARE = 0.02
_DELAYED_BY_MINUTES_SHARE = 0.015
_DELAYED_BY_HOURS_SHARE = 0.003


def deliver(revisions: Iterable[Revision], latest: int, random: Random) -> Iterator[Line]:
    """Yield the messages of `revisions`, some of them twice, none after `latest` (microseconds since the epoch).

    A delayed message may arrive after newer revisions of its ticket.
    """
    for revision in revisions:
        at = min(revision.updated_at + _delay(random), latest)
        line = Line(TOPIC, revision.key.encode(), revision.encoded(), at)
        yield line
        if random.random() < _DUPLICATED_SHARE:
            yield line._replace(at=min(at + _delay(random) + random.randrange(10 * MINUTE), latest))


def _delay(random: Random) -> int:
    delay = random.randrange(SECOND // 5, 20 * SECOND)
    chance = random.random()
    if chance < _DELAYED_BY_HOURS_SHARE:
        return delay + random.randrange(HOUR, 20 * HOUR)
    if chance < _DELAYED_BY_HOURS_SHARE + _DELAYED_BY_MINUTES_SHARE:
        return delay + random.randrange(MINUTE, 45 * MINUTE)
    return delay
