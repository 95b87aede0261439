"""Loads the definitions (deploy's places, brands, channels … and the directory) and refuses what contradicts itself.

The core gets them as plain data (`streams.core.definitions`) and knows neither files nor YAML.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain, combinations, pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo

import msgspec
import yaml

from streams.core.definitions import Definitions, Target
from streams.core.events.callback import Caller
from streams.core.events.fault import Service
from streams.core.outages.rules import OutageRules
from streams.directory import DirectoryError, read_directory

PLACES_FILE = "places.yaml"
BRANDS_FILE = "brands.yaml"
CHANNELS_FILE = "channels.yaml"
DEPARTMENTS_FILE = "departments.yaml"
OUTAGES_FILE = "outages.yaml"
TARGETS_FILE = "targets.yaml"

Text = Annotated[str, msgspec.Meta(min_length=1)]
Digits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]+$")]
Percent = Annotated[str, msgspec.Meta(pattern=r"^(100|[0-9]{1,2}(\.[0-9]+)?)$")]
Language = Annotated[str, msgspec.Meta(pattern="^(zh|en)$")]
Label = Annotated[str, msgspec.Meta(pattern="^(service|family|brand|product|branch|department|caller)$")]
Names = dict[Text, dict[Language, Text]]


class DefinitionsError(ValueError):
    """A definitions file cannot be used; the message names the file, the field and the reason."""


class _Branch(msgspec.Struct, forbid_unknown_fields=True):
    prefixes: list[Digits]
    served: Annotated[int, msgspec.Meta(gt=0)]


class _Places(msgspec.Struct, forbid_unknown_fields=True):
    number_length: Annotated[int, msgspec.Meta(ge=3, le=15)]
    placeholders: list[Text]
    branches: Annotated[dict[Text, _Branch], msgspec.Meta(min_length=1)]
    names: Names


class _Brands(msgspec.Struct, forbid_unknown_fields=True):
    brands: dict[Service, list[Text]]
    families: dict[Text, list[Text]]
    products: list[Text]
    names: Names


class _Channels(msgspec.Struct, forbid_unknown_fields=True):
    hotline: Text
    channels: list[Text]
    escalated: list[Text]
    watched: list[Text]
    categories: list[Text]
    subcategories: dict[Text, list[Text]]
    conducts: list[Text]
    assessed: dict[Text, Text]
    names: Names


class _Departments(msgspec.Struct, forbid_unknown_fields=True):
    handling: list[Text]
    penalised: list[Text]
    responsible: list[Text]
    penalised_for: dict[Text, list[Text]]
    branches: dict[Text, list[Text]]
    aliases: dict[Text, Text]
    names: Names

    def all(self) -> set[str]:
        """Return the departments of the three lists."""
        return {*self.handling, *self.penalised, *self.responsible}


class _Target(msgspec.Struct, forbid_unknown_fields=True):
    indicator: Text
    labels: dict[Label, Text]
    tier: Literal["province", "city"]
    percent: Percent
    valid_from: date
    valid_to: date | None = None


class _Targets(msgspec.Struct, forbid_unknown_fields=True):
    targets: list[_Target]


_File = TypeVar("_File", _Places, _Brands, _Channels, _Departments, OutageRules, _Targets)


def load(directory: Path, *, timezone: str, ledger_months: int, subscribers: Path | None = None) -> Definitions:
    """Return the definitions in `directory`, for months of `timezone` that stay open `ledger_months` after their end.

    `subscribers` is the subscriber directory's file, if there is one. Raises DefinitionsError for a file that is
    missing, is not as its Struct says, or contradicts itself or another.
    """
    places = _read(directory / PLACES_FILE, _Places)
    brands = _read(directory / BRANDS_FILE, _Brands)
    channels = _read(directory / CHANNELS_FILE, _Channels)
    departments = _read(directory / DEPARTMENTS_FILE, _Departments)
    outages = _read(directory / OUTAGES_FILE, OutageRules)
    targets = _read(directory / TARGETS_FILE, _Targets)
    for file, problems in (
        (PLACES_FILE, _problems_of_places(places)),
        (BRANDS_FILE, _problems_of_brands(brands)),
        (CHANNELS_FILE, _problems_of_channels(channels)),
        (DEPARTMENTS_FILE, _problems_of_departments(departments, places.branches)),
        (OUTAGES_FILE, outages.problems()),
        (TARGETS_FILE, _problems_of_targets(targets.targets, _label_values(places, brands, departments))),
    ):
        for problem in problems:
            raise DefinitionsError(f"{directory / file}: {problem}")
    definitions = Definitions(
        families={family: tuple(members) for family, members in brands.families.items()},
        prefixes={prefix: name for name, branch in places.branches.items() for prefix in branch.prefixes},
        placeholders=frozenset(places.placeholders),
        branches=tuple(places.branches),
        brands={service: tuple(sold) for service, sold in brands.brands.items()},
        products=tuple(brands.products),
        names=places.names | brands.names | channels.names | departments.names,
        served={name: branch.served for name, branch in places.branches.items()},
        targets=tuple(map(_target, targets.targets)),
        hotline=channels.hotline,
        channels=tuple(channels.channels),
        escalated_channels=frozenset(channels.escalated),
        watched_channels=tuple(channels.watched),
        categories=tuple(channels.categories),
        subcategories={category: tuple(parts) for category, parts in channels.subcategories.items()},
        conducts=tuple(channels.conducts),
        assessed_items=channels.assessed,
        handling_departments=tuple(departments.handling),
        penalised_departments=tuple(departments.penalised),
        responsible_departments=tuple(departments.responsible),
        penalised_for={handling: tuple(paying) for handling, paying in departments.penalised_for.items()},
        departments_of_branch={branch: tuple(paying) for branch, paying in departments.branches.items()},
        aliases=departments.aliases,
        outages=outages,
        timezone=timezone,
        ledger_months=ledger_months,
    )
    return _with_directory(definitions, subscribers)


def _with_directory(definitions: Definitions, subscribers: Path | None) -> Definitions:
    if subscribers is None:
        return definitions
    try:
        directory = read_directory(subscribers, ZoneInfo(definitions.timezone), definitions.branch_of_number)
    except DirectoryError as error:
        raise DefinitionsError(str(error)) from error
    return msgspec.structs.replace(definitions, directory=directory)


def _read(path: Path, kind: type[_File]) -> _File:
    try:
        return msgspec.convert(yaml.load(path.read_text(encoding="utf-8"), _Loader), kind)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        raise DefinitionsError(f"{path}: {error.strerror}; STREAMS_DEFINITIONS_DIR names the folder") from error
    except (msgspec.ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise DefinitionsError(f"{path}: {error}") from error


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice: plain YAML would silently keep the last, and a branch would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in _repeated(keys):
            raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _problems_of_places(places: _Places) -> Iterator[str]:
    for name, branch in places.branches.items():
        for prefix in branch.prefixes:
            if len(prefix) >= places.number_length:
                yield f"branches.{name}.prefixes: {prefix!r} is no prefix of a {places.number_length}-digit number"
    for prefix in _repeated(prefix for branch in places.branches.values() for prefix in branch.prefixes):
        yield f"branches: prefix {prefix!r} stands twice, so that a number would have two branches"
    yield from _unknown_names(places.names, places.branches)


def _problems_of_brands(brands: _Brands) -> Iterator[str]:
    sold = {brand for names in brands.brands.values() for brand in names}
    for family, members in brands.families.items():
        for brand in members:
            if brand not in sold:
                yield f"families.{family}: {brand!r} is not among the brands of any service"
    for brand in _repeated(brand for members in brands.families.values() for brand in members):
        yield f"families: {brand!r} stands twice; a brand has one family"
    yield from _unknown_names(brands.names, {*sold, *brands.families, *brands.products, *get_args(Service)})


def _problems_of_channels(channels: _Channels) -> Iterator[str]:
    for field, values, known in (
        ("hotline", [channels.hotline], channels.channels),
        ("escalated", channels.escalated, channels.channels),
        ("watched", channels.watched, channels.channels),
        ("subcategories", channels.subcategories, channels.categories),
    ):
        for value in values:
            if value not in known:
                yield f"{field}: {value!r} is not one of {', '.join(known)}"
    parts = [part for listed in channels.subcategories.values() for part in listed]
    yield from _unknown_names(channels.names, {*channels.channels, *channels.categories, *channels.conducts, *parts})


def _problems_of_departments(departments: _Departments, branches: Collection[str]) -> Iterator[str]:
    for field, values, known in (
        ("penalised_for", departments.penalised_for, departments.handling),
        ("penalised_for", chain.from_iterable(departments.penalised_for.values()), departments.penalised),
        ("branches", departments.branches, branches),
        ("branches", chain.from_iterable(departments.branches.values()), departments.penalised),
    ):
        for value in values:
            if value not in known:
                yield f"{field}: {value!r} is not one of {', '.join(known)}"
    for alias, department in departments.aliases.items():
        if department not in departments.all():
            yield f"aliases.{alias}: {department!r} is in none of the lists"
        if alias in departments.all():
            yield f"aliases.{alias}: is a department itself"
    yield from _unknown_names(departments.names, departments.all())


def _problems_of_targets(targets: list[_Target], values: dict[str, Collection[str]]) -> Iterator[str]:
    for place, target in enumerate(targets):
        for label, value in target.labels.items():
            if value not in values[label]:
                yield f"targets[{place}].labels.{label}: {value!r} is not one of {', '.join(sorted(values[label]))}"
        if target.valid_to is not None and target.valid_to <= target.valid_from:
            yield f"targets[{place}].valid_to: {target.valid_to} is not after valid_from, {target.valid_from}"
    for (place, first), (other, second) in combinations(enumerate(targets), 2):
        if _judges_the_same(first, second) and _overlap(first, second):
            yield f"targets[{other}]: overlaps targets[{place}], the same indicator, labels and tier"


def _judges_the_same(first: _Target, second: _Target) -> bool:
    return (first.indicator, first.labels, first.tier) == (second.indicator, second.labels, second.tier)


def _overlap(first: _Target, second: _Target) -> bool:
    earlier, later = sorted((first, second), key=lambda target: target.valid_from)
    return earlier.valid_to is None or later.valid_from < earlier.valid_to


def _label_values(places: _Places, brands: _Brands, departments: _Departments) -> dict[str, Collection[str]]:
    return {
        "service": get_args(Service),
        "family": brands.families,
        "brand": {brand for names in brands.brands.values() for brand in names},
        "product": brands.products,
        "branch": places.branches,
        "department": departments.all(),
        "caller": get_args(Caller),
    }


def _unknown_names(names: Names, known: Collection[str]) -> Iterator[str]:
    for value in names:
        if value not in known:
            yield f"names: {value!r} is not defined in this file"


def _repeated(values: Iterable[str]) -> list[str]:
    return [one for one, following in pairwise(sorted(values)) if one == following]


def _target(target: _Target) -> Target:
    return Target(
        indicator=target.indicator,
        labels=target.labels,
        tier=target.tier,
        ratio=f"{Decimal(target.percent).scaleb(-2).normalize():f}",
        valid_from=target.valid_from,
        valid_to=target.valid_to,
    )
