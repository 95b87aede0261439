"""A plain count of all that is no fault ticket, with none of the pipeline's code: dicts, no more."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from streams.samples.lines import Line
from tests.samples.counting import TOWN_TIME, moment

Fact = Mapping[str, Any]

DEPARTMENTS = yaml.safe_load((Path(__file__).parents[2] / "deploy/departments.yaml").read_text(encoding="utf-8"))
ALIASES: dict[str, str] = DEPARTMENTS["aliases"]


class Kind(NamedTuple):
    """What a readable message of one kind has: required fields, times, fields of a type, fields with listed values."""

    required: tuple[str, ...]
    times: tuple[str, ...]
    types: dict[str, type]
    values: dict[str, set[str]]


STATUSES = {"acknowledged", "inProgress", "held", "resolved", "closed", "cancelled", "rejected"}
KINDS = {
    "complaints": Kind(
        ("subscriber", "received_at"),
        ("received_at", "due_at", "answered_at"),
        {"subscriber": str, "network_fault": bool, "justified": bool, "penalties": list},
        {"status": STATUSES},
    ),
    "orders": Kind(
        ("created_at",),
        ("created_at", "appointed_at", "promised_for", "completed_at"),
        {"subscriber": str, "reminders": int, "held": list},
        {"status": STATUSES},
    ),
    "callbacks": Kind(
        ("called_at", "subject"),
        ("called_at",),
        {"reached": bool, "timely": bool, "attitude": bool, "satisfied": bool},
        {"subject": {"fault", "complaint", "order", "vip"}, "caller": {"province", "local"}},
    ),
    "assessments": Kind(("month", "subject", "item"), (), {"month": str, "item": str, "rank": int}, {}),
    "outages": Kind(
        ("started_at", "scope"),
        ("started_at", "expected_at", "restored_at"),
        {"scope": dict, "users": int, "planned": bool, "services": list, "steps": list},
        {"status": {"suspected", "confirmed", "restored", "rejected"}},
    ),
}
BEGINNINGS = {
    "complaints": "received_at",
    "orders": "created_at",
    "callbacks": "called_at",
    "outages": "started_at",
}
LONGEST_LIST = 100
ENDINGS = ("answered_at", "completed_at", "restored_at", "expected_at")


def read(topic: str, value: bytes | None) -> dict[str, Any] | None:
    """Return a message's fact, its times as datetimes, or None where it cannot be read."""
    kind = KINDS[topic]
    try:
        fact = {name: field for name, field in json.loads(value or b"").items() if field is not None}
        fact |= {name: moment(fact[name]) for name in ("updated_at", *kind.times) if name in fact}
        fact["held"] = [(moment(hold["from"]), hold["to"] and moment(hold["to"])) for hold in fact.get("held", [])]
        sound = all(name in fact for name in ("id", "revision", "updated_at", *kind.required))
        sound = sound and type(fact["revision"]) is int and fact["revision"] >= 0 and fact.get("reminders", 0) >= 0
        sound = sound and all(type(fact.get(name, kind.types[name]())) is kind.types[name] for name in kind.types)
        sound = sound and all(fact.get(name) in {*values, None} for name, values in kind.values.items())
        sound = sound and all(type(p["amount_fen"]) is int and p["amount_fen"] >= 0 for p in fact.get("penalties", []))
        sound = sound and all(p["department"] and p["kind"] != "rudeness" for p in fact.get("penalties", []))
        sound = sound and _in_order(topic, fact) and _assessed_soundly(fact)
        sound = sound and (topic != "outages" or _out_soundly(fact))
    except (ValueError, AttributeError, TypeError, KeyError):
        return None
    return fact if sound else None


def _in_order(topic: str, fact: Fact) -> bool:
    begun = fact.get(BEGINNINGS.get(topic, ""))
    return begun is None or all(fact.get(name, begun) >= begun for name in ENDINGS)


def _assessed_soundly(fact: Fact) -> bool:
    month = fact.get("month", "2009-07")
    moment(f"{month}-01T00:00:00+08:00")
    return len(month) == 7 and fact.get("rank", 1) > 0 and float(fact.get("score", 0)) >= 0


def _out_soundly(fact: Fact) -> bool:
    """Tell whether an outage names what is out, brings nobody back who was not out, and none before its start."""
    ranges, prefixes, sites = (fact["scope"].get(name, []) for name in ("ranges", "prefixes", "sites"))
    digits = [*prefixes, *(number for pair in ranges for number in pair)]
    sound = bool(ranges or digits or sites) and len(ranges) <= LONGEST_LIST and all(sites)
    sound = sound and all(number.isdecimal() for number in digits)
    sound = sound and all(len(first) == len(last) and first <= last for first, last in ranges)
    sound = sound and {"fixed", "broadband"} >= set(fact.get("services", []))
    sound = sound and (fact.get("status") != "restored" or "restored_at" in fact)
    steps = fact.get("steps", [])
    restored = sum(step["users"] for step in steps)
    sound = sound and 0 <= fact.get("users", restored) >= restored
    return sound and all(moment(step["at"]) >= fact["started_at"] for step in steps)


def key_of(fact: Fact) -> str:
    """Return what a fact is kept under: the line's number where it has one."""
    return str(fact["id"] if "month" in fact or "called_at" in fact else fact.get("subscriber", fact["id"]))


def newest(topic: str, lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return the newest revision of everything on `topic`, under its last key."""
    facts: dict[tuple[str, str], dict[str, Any]] = {}
    former = set()
    for line in lines:
        fact = read(topic, line.value) if line.topic == topic else None
        if fact is None:
            continue
        key = key_of(fact), fact["id"]
        if key not in facts or fact["revision"] > facts[key]["revision"]:
            facts[key] = fact
        if "was_subscriber" in fact:
            former.add((fact["was_subscriber"], fact["id"]))
    return [fact for key, fact in facts.items() if key not in former]


def valid_in(topic: str, facts: Iterable[Fact], year: int, month: int) -> list[Fact]:
    """Return the facts that are not cancelled or rejected and happened in a month of town time."""
    result = []
    for fact in facts:
        at = moment(f"{fact['month']}-01T00:00:00+08:00") if topic == "assessments" else fact[BEGINNINGS[topic]]
        at = at.astimezone(TOWN_TIME)
        if fact.get("status") not in ("cancelled", "rejected") and (at.year, at.month) == (year, month):
            result.append(fact)
    return result


def count(facts: Iterable[Fact], *names: str) -> Counter[Any]:
    """Return how many facts have each value of a field, or of several together; those without it are left out."""
    values = (tuple(fact[name] for name in names) for fact in facts if all(name in fact for name in names))
    return Counter(value if len(names) > 1 else value[0] for value in values)


def department(fact: Fact) -> str:
    """Return who handles a complaint, by the name that it is counted under."""
    name: str = fact["department"]
    return ALIASES.get(name, name)


def overdue(case: Fact) -> bool:
    """Tell whether a complaint was answered past its due, or not at all though it is past."""
    return "due_at" in case and ("answered_at" not in case or case["answered_at"] > case["due_at"])


def on_time(order: Fact) -> bool:
    """Tell whether an appointed order was completed by its promise, pushed by each hold."""
    due = order["promised_for"]
    for start, end in order["held"]:
        if start < due and end is None:
            return False
        due += end - start if start < due else timedelta(0)
    return "appointed_at" in order and "completed_at" in order and order["completed_at"] <= due


def fined(cases: Iterable[Fact], of: Callable[[Mapping[str, Any]], Any]) -> dict[Any, list[int]]:
    """Return [penalties, fen] for each value that `of` gives of a penalty."""
    result: dict[Any, list[int]] = {}
    for penalty in (penalty for case in cases for penalty in case.get("penalties", [])):
        sums = result.setdefault(of(penalty), [0, 0])
        sums[0] += 1
        sums[1] += penalty["amount_fen"]
    return result
