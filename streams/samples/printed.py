"""The printed report of July 2009, as data: the figures that the sample month has to reproduce.

`july-2009.yaml` is a copy of the acceptance data. Every count in the sample comes from there or is
derived here, so no printed number is written a second time in code.
"""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("july-2009.yaml")
TOTAL = "合计"
HOME_FAMILY = "我的E家"
HOME_ADSL = "普通ADSL"
BUSINESS_BROADBAND = "商务宽带"


@cache
def report() -> Mapping[str, Any]:
    """Return the printed report as the YAML file holds it."""
    content: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


@cache
def named_numbers() -> frozenset[str]:
    """Return every subscriber number that the report names: no invented customer may have one of these."""
    return frozenset(re.findall(r"\d{7,}", FILE.read_text(encoding="utf-8")))


def branches() -> list[str]:
    """Return the names of the four branches, in the report's order."""
    return list(report()["branches"])


def home_brands() -> list[str]:
    """Return the brands of the family 我的E家."""
    return list(report()["repeat_reports"]["faults"])


def reporters_by_branch() -> dict[str, int]:
    """Return how many home lines reported in each branch: the weights by which other tickets spread."""
    tables = [report()["repeat_reports"][brand] for brand in home_brands()]
    return {branch: sum(table[branch][0] for table in tables) for branch in branches()}


def mobile_tickets() -> dict[str, int]:
    """Return the month's tickets per mobile brand."""
    return {brand: row[0] for brand, row in report()["mobile"]["restored_in_time"].items() if brand != TOTAL}


def previous_broadband_tickets() -> int:
    """Return the broadband tickets of the month before, from the count and the printed growth."""
    reports = report()["broadband"]["reports"]
    return int(reports["count"]) - int(reports["more_than_last_month"])


def printed_rate(count: int, total: int) -> Decimal:
    """Return `count` of `total` as the report prints it: percent, two decimals, half up."""
    return (Decimal(count) * 100 / Decimal(total)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def count_of_share(share_percent: float, total: int) -> int:
    """Return the whole number nearest to `share_percent` of `total`.

    Raises:
        ValueError: no whole number of `total` prints as this share.
    """
    exact = Decimal(str(share_percent))
    count = int((exact * total / 100).to_integral_value(ROUND_HALF_UP))
    if printed_rate(count, total) != exact.quantize(Decimal("0.01")):
        raise ValueError(f"{FILE.name}: no count out of {total} prints as {share_percent} %")
    return count
