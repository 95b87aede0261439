"""Every text of the dashboards in both languages, read from texts.yaml, and what label values are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast, get_args

import msgspec

from streams.alerting.pager.pages import PageState
from streams.alerting.roster import Language
from streams.alerting.rules.alert import Severity
from streams.core.catalogue import INDICATORS
from streams.core.catalogue.indicator import Text
from streams.core.definitions import Definitions
from streams.core.detection.suspicion import SuspicionKind
from streams.core.outages.impact import State
from streams.core.targets import TIERS
from streams.dashboards.spec import Panel
from streams.serve.labels import OTHER, known_values

LANGUAGES: tuple[Language, ...] = ("zh", "en")
_FILE = Path(__file__).with_name("texts.yaml")


class Titled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The title of something, and what it means."""

    title: Text
    description: Text


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file: `words` are headings of columns and sections, and names of series; `values` those of label values."""

    boards: dict[str, Titled]
    panels: dict[str, Titled]
    words: dict[str, Text]
    values: dict[str, Text]


TEXTS = msgspec.yaml.decode(_FILE.read_bytes(), type=Texts)


def word(key: str | Text, language: Language) -> str:
    """Return a word in a language; what is a text already stays one."""
    return (key if isinstance(key, dict) else TEXTS.words[key])[language]


def titled(panel: Panel, language: Language) -> tuple[str, str]:
    """Return a panel's title and description."""
    found = TEXTS.panels[panel.text or panel.key]
    filled = {name: text[language] for name, text in panel.words.items()}
    return found.title[language].format_map(filled), found.description[language].format_map(filled)


class Names:
    """What label values are called, under given definitions."""

    def __init__(self, definitions: Definitions) -> None:
        rules = definitions.outages
        listed = {label: sorted({*values, OTHER}) for label, values in known_values(definitions).items()}
        self._known: dict[str, Iterable[str]] = {
            **listed,
            "kind": (*listed["kind"], *get_args(SuspicionKind)),
            "duty": [duty.id for duty in rules.duties],
            "class": [severity.id for severity in rules.severities],
            "state": (*get_args(State), *get_args(PageState)),
            "tier": TIERS,
            "severity": get_args(Severity),
            "indicator": [indicator.id for indicator in INDICATORS],
        }
        self._names: dict[str, Mapping[str, str]] = {
            **definitions.names,
            **{duty.id: duty.names for duty in rules.duties},
            **{severity.id: severity.names for severity in rules.severities},
            **{indicator.id: cast("Mapping[str, str]", indicator.names) for indicator in INDICATORS},
            **{value: cast("Mapping[str, str]", text) for value, text in TEXTS.values.items()},
        }

    def of(self, labels: Iterable[str], language: Language) -> dict[str, str]:
        """Return value → name for all known values of labels that are called something else than they are."""
        values = dict.fromkeys(value for label in labels for value in self._known.get(label, ()))
        return {value: self._names[value].get(language, value) for value in values if value in self._names}
