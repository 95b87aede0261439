"""The town's numbering plan: which prefixes belong to which branch, and numbers for the subscribers.

`deploy/places.yaml` holds the same prefixes for the pipeline.
"""

from collections.abc import Iterable
from random import Random

from streams.samples import printed
from streams.samples.tickets import MOBILE, Outage, Subscriber

PREFIXES = {
    "安岳": ("512", "523", "532", "545"),
    "简阳": ("712", "722", "723", "732", "765"),
    "乐至": ("322", "333", "335"),
    "现业": ("612", "613", "616", "618", "622", "623", "633", "637", "652", "663"),
}
MOBILE_PREFIXES = ("1335069", "1335068", "1530826", "1898206")
LOCAL_LENGTH = 7
MOBILE_LENGTH = 11


class NumberPlan:
    """Hands out each number once, and none that the printed report names."""

    def __init__(self, outages: Iterable[Outage], random: Random) -> None:
        """Keep the scopes of the small `outages` free of other customers, so that their bursts stand out."""
        self._random = random
        self._used = set(printed.named_numbers())
        scopes = [_scope(outage) for outage in outages]
        self._reserved = [scope for scope in scopes if scope]

    def give(self, subscriber: Subscriber, service: str) -> None:
        """Give the subscriber a number if it has none."""
        if not subscriber.number:
            subscriber.number = self.mobile() if service == MOBILE else self.local(subscriber.branch)

    def local(self, branch: str) -> str:
        """Return a fresh local number of `branch`, outside the reserved scopes."""
        while True:
            number = self._draw(self._random.choice(PREFIXES[branch]), LOCAL_LENGTH)
            if not any(first <= number <= last for first, last in self._reserved):
                return self._take(number) or self.local(branch)

    def mobile(self) -> str:
        """Return a fresh mobile number."""
        return self._take(self._draw(self._random.choice(MOBILE_PREFIXES), MOBILE_LENGTH)) or self.mobile()

    def within(self, outage: Outage) -> str:
        """Return a fresh number inside the scope of `outage`."""
        if outage.first_number and outage.last_number:
            number = str(self._random.randint(int(outage.first_number), int(outage.last_number)))
        elif outage.prefixes:
            number = self._draw(self._random.choice(outage.prefixes), LOCAL_LENGTH)
        else:
            return self.local(outage.branch)
        return self._take(number) or self.within(outage)

    def _draw(self, prefix: str, length: int) -> str:
        digits = length - len(prefix)
        return f"{prefix}{self._random.randrange(10**digits):0{digits}}"

    def _take(self, number: str) -> str | None:
        if number in self._used:
            return None
        self._used.add(number)
        return number


def _scope(outage: Outage) -> tuple[str, str] | None:
    """Return the first and last number of a scope narrow enough to keep others out."""
    if outage.first_number and outage.last_number:
        return outage.first_number, outage.last_number
    if outage.prefixes and len(outage.prefixes[0]) > len(PREFIXES[outage.branch][0]):
        prefix = outage.prefixes[0]
        return prefix.ljust(LOCAL_LENGTH, "0"), prefix.ljust(LOCAL_LENGTH, "9")
    return None
