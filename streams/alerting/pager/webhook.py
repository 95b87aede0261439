"""Understands what Alertmanager's webhook (version 4) sends: one group of alerts as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from streams.alerting.pager.pages import GroupUpdate, Subject
from streams.alerting.roster import CITY
from streams.core.definitions import NONE, Definitions
from streams.core.months import instant_of

MATTERS = ("outage", "suspicion", "report")
"""Labels that name what an alert is about: an outage, a suspected one, a duty to report."""
_DIGITS = re.compile(r"\d+")


class WebhookError(ValueError):
    """The message is none of Alertmanager's; the text says why."""


class _Alert(msgspec.Struct, rename="camel"):
    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: datetime | None = None


class _Message(msgspec.Struct, rename="camel"):
    version: Literal["4"]
    group_key: str
    alerts: list[_Alert]
    group_labels: dict[str, str] = {}


_DECODE = msgspec.json.Decoder(_Message).decode


def group_update(body: bytes, branch_of: Callable[[Mapping[str, str]], str]) -> GroupUpdate:
    """Return what a message says of its group; `branch_of` tells a branch by labels. Raises WebhookError."""
    try:
        message = _DECODE(body)
    except msgspec.DecodeError as error:
        raise WebhookError(f"no message of Alertmanager's webhook, version 4: {error}") from error
    if not message.alerts:
        raise WebhookError("the message holds no alerts")
    firing = [alert for alert in message.alerts if alert.status == "firing"]
    subject = _subject(firing or message.alerts, branch_of)
    return GroupUpdate(group=message.group_key, subject=subject, is_firing=bool(firing))


def branch_finder(definitions: Definitions) -> Callable[[Mapping[str, str]], str]:
    """Return what finds an alert's branch: its label, else by the numbers in its label `place`, else CITY."""

    def find(labels: Mapping[str, str]) -> str:
        branch = labels.get("branch", "")
        if branch in definitions.branches:
            return branch
        by_numbers = {definitions.branch_of_number(digits) for digits in _DIGITS.findall(labels.get("place", ""))}
        found = by_numbers - {NONE}
        return found.pop() if len(found) == 1 else CITY

    return find


def _subject(alerts: Sequence[_Alert], branch_of: Callable[[Mapping[str, str]], str]) -> Subject:
    """Return the subject of some alerts, with labels and texts of the gravest."""
    subjects = [_of_alert(alert, branch_of) for alert in alerts]
    gravest = min(subjects, key=Subject.rank)
    branches = {subject.branch for subject in subjects}
    return msgspec.structs.replace(
        gravest,
        branch=gravest.branch if len(branches) == 1 else CITY,
        alerts=len(alerts),
        matters=tuple(sorted({matter for subject in subjects for matter in subject.matters})),
    )


def _of_alert(alert: _Alert, branch_of: Callable[[Mapping[str, str]], str]) -> Subject:
    labels, texts = alert.labels, alert.annotations
    return Subject(
        name=labels.get("alertname", "?"),
        duty=labels.get("duty", ""),
        severity=labels.get("severity", ""),
        branch=branch_of(labels),
        labels=labels,
        summary=_by_language(texts, "summary"),
        description=_by_language(texts, "description"),
        runbook_url=texts.get("runbook_url", ""),
        matters=tuple(f"{name}/{labels[name]}/{labels.get('class', '')}" for name in MATTERS if labels.get(name)),
        began_at=0 if alert.starts_at is None else instant_of(alert.starts_at),
    )


def _by_language(texts: Mapping[str, str], name: str) -> dict[str, str]:
    found = {"zh": texts.get(name, ""), "en": texts.get(f"{name}_en", "")}
    return {language: text for language, text in found.items() if text}
