"""What a dashboard is before it has a language: panels, queries, variables; everything else is made from these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

from streams.core.catalogue.indicator import Text

Form = Literal["stat", "series", "table", "bars", "timeline"]

VariableName = Literal["branch", "brand", "service", "window"]

Steps = tuple[tuple[float, str], ...]
"""(from which value on, colour); below the first the colour is CALM."""

CALM, WATCH, ALARM = "green", "orange", "red"

TOP_WIDTH = 24
"""Grafana's grid has so many columns."""


class Query(NamedTuple):
    """One expression of a panel, and what its series are called.

    `word` is a key of the words in texts.yaml, or already a text; `labels` are shown behind it. In a table the word is
    the column's heading.
    """

    expr: str
    word: str | Text = ""
    labels: tuple[str, ...] = ()
    unit: str = ""
    steps: Steps = ()


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """One panel. `key` names it for ever: its id is made of it, and links lead there.

    unit: Grafana's name of the unit of its values; a table's queries may have other ones.
    columns: of a table, the labels that are shown before the values.
    runbook: the heading of the runbook that says what to do, if there is one.
    words: filled into title and description.
    """

    key: str
    form: Form
    queries: tuple[Query, ...]
    unit: str = "short"
    decimals: int | None = None
    width: int = 12
    height: int = 8
    steps: Steps = ()
    largest: float | None = None
    columns: tuple[str, ...] = ()
    is_stacked: bool = False
    runbook: str = ""
    text: str = ""
    words: Mapping[str, Text] = {}


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A panel of text in Markdown that stands as it is in every language."""

    key: str
    title: str
    content: str
    width: int = TOP_WIDTH
    height: int = 8


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Panels under a heading of their own; `heading` is a key of the words, or already a text, or nothing."""

    key: str
    panels: tuple[Panel | Page, ...]
    heading: str | Text = ""


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """One dashboard. `refresh` and `span` are Grafana's: how often it is drawn anew, how far it looks back."""

    key: str
    sections: tuple[Section, ...]
    variables: tuple[VariableName, ...] = ()
    windows: tuple[str, ...] = ()
    refresh: str = "10s"
    span: str = "now-6h"

    def panels(self) -> list[Panel | Page]:
        """Return all panels in their order."""
        return [panel for section in self.sections for panel in section.panels]
