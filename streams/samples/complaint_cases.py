"""Who complains about what, through which channel: the month's complaints by constraint from the printed report.

What is printed of channels, categories, conduct and network faults is fixed here; lines and times are drawn later.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import msgspec

from streams.samples import printed
from streams.samples.calendar import shares

# The city's own branch, where the departments of the city's headquarters handle what is not a district's.
OWN_BRANCH = printed.branches()[-1]
CONDUCT = "服务行为"
INTELLIGENT_NETWORK = "智能网"
HANDLED_WRONGLY = "业务办理错误"
_FAULTS: Mapping[str, float] = {"固话宽带障碍": 97, "割接障碍": 3}
_OTHER_BUSINESS: Mapping[str, float] = {
    "费用争议": 31, "增值业务": 22, "欠费停机": 15, HANDLED_WRONGLY: 14, "其它": 18,
}  # fmt: skip
_CANCELLED_SHARE = 0.03


class Penalty(NamedTuple):
    """What a department pays for one complaint, in fen (1/100 yuan)."""

    department: str
    kind: str
    amount_fen: int


class Case(msgspec.Struct, eq=False):
    """A complaint with all that will ever be known of it; its revisions tell it bit by bit."""

    channel: str
    branch: str
    category: str
    network_fault: bool = False
    subcategory: str | None = None
    conduct: str | None = None
    number: str = ""
    department: str = ""
    received_at: int = 0
    due_at: int | None = None
    answered_at: int | None = None
    justified: bool = False
    responsible: str | None = None
    penalties: tuple[Penalty, ...] = ()
    final_status: str = "closed"
    id: str = ""


def july_cases(random: Random) -> list[Case]:
    """Return July's cases: those of the other channels as the report lists them, all the rest by the hotline."""
    table = printed.report()["complaints"]
    others = _other_channels(table, random)
    faults = int(table["network_fault_count"]) - sum(case.network_fault for case in others)
    count = int(table["cases"]) - len(others)
    branches = random.choices(*_branch_weights(), k=count)
    hotline = [Case(channel=hotline_channel(), branch=branch, category="") for branch in branches]
    specials = _specials(table)
    for case, special in zip(hotline, specials, strict=False):
        case.category, case.conduct, case.subcategory = special
    plain = hotline[len(specials) :]
    categories = [*_spread(_FAULTS, faults), *_spread(_OTHER_BUSINESS, len(plain) - faults)]
    for case, category in zip(plain, categories, strict=True):
        case.category, case.network_fault = category, category in _FAULTS
    return others + hotline


def like(cases: Sequence[Case], count: int, random: Random) -> list[Case]:
    """Return `count` cases with the mix of channels and categories that `cases` have."""
    return [msgspec.structs.replace(case) for case in random.choices(cases, k=count)]


def previous_cases(july: Sequence[Case], random: Random) -> list[Case]:
    """Return June's cases, of which only the number is printed."""
    table = printed.report()["complaints"]
    return like(july, int(table["cases"]) + int(table["fewer_than_last_month"]), random)


def cancelled_cases(july: Sequence[Case], random: Random) -> list[Case]:
    """Return cases that come on top and end withdrawn or rejected."""
    cases = like(july, int(len(july) * _CANCELLED_SHARE), random)
    for case in cases:
        case.final_status = random.choice(("cancelled", "cancelled", "rejected"))
    return cases


def hotline_channel() -> str:
    """Return the channel that most complaints come through."""
    return str(printed.report()["hotline"])


def channels() -> list[str]:
    """Return all channels."""
    return [hotline_channel(), *printed.report()["complaints"]["other_channels"]]


def categories() -> list[str]:
    """Return the categories that need no further field."""
    return [*_FAULTS, *_OTHER_BUSINESS]


class _Special(NamedTuple):
    category: str
    conduct: str | None = None
    subcategory: str | None = None


def _specials(table: Mapping[str, Any]) -> list[_Special]:
    """Return the cases of conduct and of the intelligent network; the hotline took all of them."""
    conducts = _without_total(table["service_conduct"], "total").elements()
    subcategories = _without_total(table["intelligent_network"], "total").elements()
    return [
        *(_Special(CONDUCT, conduct=conduct) for conduct in conducts),
        *(_Special(INTELLIGENT_NETWORK, subcategory=subcategory) for subcategory in subcategories),
    ]


def _other_channels(table: Mapping[str, Any], random: Random) -> list[Case]:
    categories = list(Counter(table["other_channels_by_category"]).elements())
    random.shuffle(categories)
    places = [
        (channel, branch) for channel, row in table["other_channels"].items() for branch in Counter(row).elements()
    ]
    return [
        Case(channel=channel, branch=branch, category=category, network_fault=category in _FAULTS)
        for (channel, branch), category in zip(places, categories, strict=True)
    ]


def _branch_weights() -> tuple[list[str], list[int]]:
    weights = printed.reporters_by_branch()
    return list(weights), list(weights.values())


def _spread(weights: Mapping[str, float], count: int) -> list[str]:
    counts = shares(count, list(weights.values()))
    return [name for name, share in zip(weights, counts, strict=True) for _ in range(share)]


def _without_total(table: Mapping[str, int], total: str) -> Counter[str]:
    return Counter({name: count for name, count in table.items() if name != total})
