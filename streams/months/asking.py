"""Reads what a request of the writer's page asks: edition, language, reason, texts; refuses what makes no sense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from streams.core.catalogue.indicator import Text
from streams.core.editions import Editions
from streams.reports.document import LANGUAGES, Language, ReportTexts
from streams.reports.document.figure_names import SECTIONS
from streams.reports.document.words import Words
from streams.serve.answers import Refusal

NOW, LAST = "now", "last"
LONGEST_REASON = 500
OVERVIEW = ("1.1", "overview", "key_figures")
"""The section that stands before those of the tables: its number, what remarks are kept under, its title's word."""


class FrozenSince(NamedTuple):
    """The state of a month's edition in force, and when it was written."""

    state: str
    frozen_at: str | None


class _Order(msgspec.Struct, forbid_unknown_fields=True):
    reason: str | None = None


def asked_edition(query: Mapping[str, str], period: str, editions: Editions) -> int:
    """Return the number of the edition that is asked for, 0 for the figures as they stand. Raises Refusal.

    Without `edition` it is the one in force of a frozen month, else 0.
    """
    listed = [edition.number for edition in editions.all(period)]
    asked = query.get("edition", LAST if listed else NOW)
    if asked == NOW:
        return 0
    if asked == LAST and listed:
        return listed[-1]
    if asked.isascii() and asked.isdigit() and int(asked) in listed:
        return int(asked)
    raise Refusal(404, f"{period} has no edition {asked!r}: it has {', '.join(map(str, listed)) or 'none'}, and {NOW}")


def asked_language(query: Mapping[str, str]) -> Language:
    """Return the language of the report that is asked for. Raises Refusal."""
    asked = query.get("lang", LANGUAGES[0])
    found = next((language for language in LANGUAGES if language == asked), None)
    if found is None:
        raise Refusal(400, f"lang is none of {', '.join(LANGUAGES)}")
    return found


def asked_reason(body: bytes, period: str, since: FrozenSince | None) -> str | None:
    """Return why a month is restated; None for one that was not frozen yet (`since` is None). Raises Refusal."""
    try:
        order = msgspec.json.decode(body or b"{}", type=_Order)
    except msgspec.DecodeError as error:
        raise Refusal(400, f"the order to freeze cannot be read: {error}") from error
    reason = (order.reason or "").strip()
    if len(reason) > LONGEST_REASON or not reason.replace("\n", " ").isprintable():
        raise Refusal(400, f"reason: give at most {LONGEST_REASON} characters that can be printed")
    if since is None:
        return None
    if not reason:
        raise Refusal(400, f"reason: {period} is {since.state} since {since.frozen_at}; say why it is restated")
    return reason


def asked_texts(body: bytes) -> ReportTexts:
    """Return the texts of a request. Raises Refusal that names the field that is wrong."""
    try:
        texts = msgspec.json.decode(body, type=ReportTexts)
    except msgspec.DecodeError as error:
        raise Refusal(400, f"the texts cannot be kept: {error}") from error
    known = {one["id"] for one in remark_chapters()}
    unknown = sorted(set(texts.remarks) - known)
    if unknown:
        raise Refusal(400, f"remarks: no chapter is called {unknown[0]!r}; there are {', '.join(sorted(known))}")
    return texts


def remark_chapters() -> list[dict[str, Any]]:
    """Return the sections that remarks can be given for: what they are kept under, and their titles."""
    number, first, title = OVERVIEW
    found = {first: _titles(number, title)}
    for section, word in SECTIONS.values():
        found.setdefault(word, _titles(section, word))
    return [{"id": word, "names": names} for word, names in found.items()]


def _titles(number: str, word: str) -> Text:
    return {language: f"{number} {Words(language)(word)}" for language in LANGUAGES}
