"""The dated, configurable part of what a figure means: places, brands, targets, calendar; plain data for the core."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

import msgspec

from streams.core.outages.directory import Directory
from streams.core.outages.rules import OutageRules

NONE = "none"
"""The label value of a dimension that a fact does not have."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A target in force from `valid_from` until the day before `valid_to` (open-ended when None).

    `ratio` is a decimal fraction of 1 as a string ("0.05" is 5 %), so that no rounding enters a verdict.
    """

    indicator: str
    labels: dict[str, str]
    tier: str
    ratio: str
    valid_from: date
    valid_to: date | None = None


class Definitions(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings' files say; read once at start, named by its digest wherever figures are published."""

    families: dict[str, tuple[str, ...]]
    prefixes: dict[str, str]
    placeholders: frozenset[str]
    branches: tuple[str, ...]
    brands: dict[str, tuple[str, ...]]
    products: tuple[str, ...]
    names: dict[str, dict[str, str]]
    served: dict[str, int]
    targets: tuple[Target, ...]
    hotline: str = ""
    channels: tuple[str, ...] = ()
    escalated_channels: frozenset[str] = frozenset()
    watched_channels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subcategories: dict[str, tuple[str, ...]] = {}
    conducts: tuple[str, ...] = ()
    assessed_items: dict[str, str] = {}
    handling_departments: tuple[str, ...] = ()
    penalised_departments: tuple[str, ...] = ()
    responsible_departments: tuple[str, ...] = ()
    penalised_for: dict[str, tuple[str, ...]] = {}
    departments_of_branch: dict[str, tuple[str, ...]] = {}
    aliases: dict[str, str] = {}
    outages: OutageRules = OutageRules()
    directory: Directory | None = None
    timezone: str = "Asia/Shanghai"
    ledger_months: int = 2

    def digest(self) -> str:
        """Return a short name for all that changes what is counted (targets and names change only how it is judged)."""
        counted = (
            sorted((family, *brands) for family, brands in self.families.items()),
            sorted(self.prefixes.items()),
            sorted(self.placeholders),
            sorted(self.escalated_channels),
            sorted(self.aliases.items()),
            self.outages.counted(),
            None if self.directory is None else self.directory.digest,
            self.timezone,
            self.ledger_months,
        )
        return hashlib.sha256(msgspec.json.encode(counted)).hexdigest()[:16]

    def departments(self) -> set[str]:
        """Return the departments of all lists."""
        return {*self.handling_departments, *self.penalised_departments, *self.responsible_departments}

    def family_of_brand(self) -> Mapping[str, str]:
        """Return brand → family; a brand in no family is absent."""
        return {brand: family for family, brands in self.families.items() for brand in brands}

    def branch_of_number(self, number: str) -> str:
        """Return the branch whose longest prefix begins `number`, or NONE."""
        for length in range(len(number), 0, -1):
            branch = self.prefixes.get(number[:length])
            if branch is not None:
                return branch
        return NONE
