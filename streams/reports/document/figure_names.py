"""What a figure of a snapshot or a place in a printed report is called: from its path to words that a reader knows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from streams.core.catalogue import COUNTS, INDICATORS, TOP_LISTS
from streams.core.checks import AS_PRINTED, RECOMPUTED
from streams.core.definitions import NONE
from streams.core.tables import on_time_fulfilment, repeat_reports
from streams.core.tables.penalties import KINDS
from streams.logs import masked_text
from streams.reports.document.figure_words import (
    FIELDS,
    INDICATOR_OF,
    INTERVAL_ENDS,
    NOT_TOLD,
    NUMBERED,
    RANGE_ENDS,
    SAME_AS,
    VALUE_WORDS,
)
from streams.reports.document.word_list import WORDS
from streams.reports.document.words import LANGUAGES, Words

SEPARATOR = " · "
NAMES = {entry.id: entry.names for entry in (*INDICATORS, *COUNTS, *TOP_LISTS)}
OF_WHAT = ("service", "family", "brand", "product")
"""Labels that stand before an indicator's name ("E8 重复申告率"); their values speak for themselves, as branches do."""
EVIDENT = frozenset((*OF_WHAT, "branch"))

SECTIONS = {
    "on_time_fulfilment": ("2.1.1", "on_time_fulfilment"),
    "repeat_reports": ("2.1.2", "repeat_reports"),
    "key_products": ("2.2", "key_products"),
    "mobile": ("2.3", "mobile"),
    "broadband": ("2.4", "broadband"),
    "vip": ("2.5", "vip"),
    "contact_points": ("3.1", "contact_points"),
    "complaints": ("3.2.1", "complaints"),
    "complaints.overdue_by_department": ("3.2.2", "timeliness"),
    "complaints.penalties": ("3.2.3", "penalties"),
    "complaints.justified_penalty": ("3.2.3", "penalties"),
    "complaints.justified_shares_pct": ("3.2.4", "justified"),
    "complaints.justified_by_department": ("3.2.4", "justified"),
    "satisfaction": ("3.3", "satisfaction"),
    "outages": ("3.4", "outages"),
}
"""Chapter of the tables, or a part of it → the section of the report that shows it: its number and its title's word."""

IN_TIME = ("reports", "in_time", "in_time_rate")
COLUMNS: dict[str, Sequence[str]] = {
    "on_time_fulfilment": on_time_fulfilment.COLUMNS,
    "repeat_reports": repeat_reports.COLUMNS,
    "mobile.restored_in_time": IN_TIME,
    "mobile.repeat_reports": repeat_reports.COLUMNS,
    "broadband.restored_in_time": IN_TIME,
    "complaints.penalties": (*(f"{what}_{kind}" for kind in KINDS for what in ("penalty", "yuan")), "penalty_total"),
    "complaints.justified_penalty": ("cases", "yuan"),
}
"""Table, or chapter whose tables are alike → what the places of its rows are, where a row is a list."""
LISTS = frozenset(("columns", "escalated_channels", "products", "services", "prefixes", "ranges", "sites"))
"""Lists that are no rows of a table: their places are numbered."""

_ENTRY = re.compile(r"(?P<part>\w+)\[(?P<entry>.*?)\](?P<rest>\..*)", re.DOTALL)
_STEP = re.compile(r"\[(?P<entry>[^\]]*)\]|(?P<key>[^.\[\]]+)")
_NEXT_LABEL = re.compile(r",(?=[a-z_]+=)")
_PERCENT = "_pct"
_BRACKETS = str.maketrans("[]{}", "（）（）")


class FigureNames:
    """Names of figures in one language, without anything that could be a subscriber's number."""

    def __init__(self, words: Words) -> None:
        """Take the words of the language, with the definitions' names of labels' values."""
        self._words = words
        self._place = LANGUAGES.index(words.language)

    def of(self, path: str) -> str:
        """Return the name of a figure by its path in a snapshot, as `streams.core.restating.leaves` has it."""
        found = _ENTRY.fullmatch(path)
        if found is not None:
            return self._joined((*self._of_entry(found["part"], found["entry"]), *self._steps(found["rest"])))
        part, _, rest = path.partition(".")
        return self.printed(rest) if part == "tables" and rest else self._joined(self._steps(path))

    def of_all(self, paths: Iterable[str]) -> dict[str, str]:
        """Return path → name of figures of a snapshot; those that would share a name are numbered."""
        names = {path: self.of(path) for path in paths}
        times, seen = Counter(names.values()), Counter[str]()
        for path, name in names.items():
            if times[name] > 1:
                seen[name] += 1
                names[path] = f"{name} ({seen[name]})"
        return names

    def printed(self, where: str) -> str:
        """Return the name of a place in a printed report, as checks and gaps have it; also of one in `tables`."""
        chapter, part = _beginnings(where)
        section = SECTIONS.get(part, SECTIONS.get(chapter))
        if section is None:
            return self._joined(self._steps(where))
        columns = COLUMNS.get(part, COLUMNS.get(chapter, ()))
        title = f"{section[0]} {self._words(section[1])}"
        return self._joined((title, *self._steps(where.removeprefix(chapter), columns)))

    def indicator(self, identity: str, labels: Mapping[str, str]) -> str:
        """Return the name of an indicator for some label values."""
        return self._joined(self._of_labels(identity, labels))

    def _joined(self, told: Iterable[str]) -> str:
        return SEPARATOR.join(told).translate(_BRACKETS)

    def _of_entry(self, part: str, entry: str) -> Iterator[str]:
        """Yield what an entry of one of a snapshot's lists is of: the name of its id, and its labels."""
        if part == "outages":
            # An outage's id has a date in it, and no subscriber.
            yield f"{self._word(part)} {entry}"
            return
        identity, _, told = (entry, "", "") if entry in NAMES else entry.rpartition(" ")
        labels = dict(one.split("=", 1) for one in _NEXT_LABEL.split(told) if "=" in one)
        yield from self._of_labels(identity or part, labels)

    def _of_labels(self, identity: str, labels: Mapping[str, str]) -> Iterator[str]:
        name = NAMES[identity][self._words.language] if identity in NAMES else self._word(identity)
        yield " ".join([*(self._label(label, labels[label]) for label in OF_WHAT if label in labels), name])
        yield from (self._label(label, value) for label, value in labels.items() if label not in OF_WHAT)

    def _label(self, label: str, value: str) -> str:
        word = VALUE_WORDS.get((label, value))
        named = self._value(value) if word is None else self._word(word)
        return named if label in EVIDENT and value != NONE else f"{self._word(label)} {named}"

    def _value(self, value: str) -> str:
        return masked_text(self._words.name(value))

    def _steps(self, path: str, columns: Sequence[str] = ()) -> Iterator[str]:
        """Yield the words of a path's steps; `columns` are what the places of a row are."""
        key = ""
        for step in _STEP.finditer(path):
            if step["key"] is not None:
                key = step["key"]
                yield from self._key(key)
            elif step["entry"].isdecimal():
                yield from self._numbered(key, step["entry"], columns)
                key = f"{key}[]"
            else:
                yield self._value(step["entry"])

    def _numbered(self, key: str, place: str, columns: Sequence[str]) -> Iterator[str]:
        """Yield what an entry of a list is that has no other name than its place, or a range its first number."""
        ends = {"interval": INTERVAL_ENDS, "ranges[]": RANGE_ENDS}.get(key)
        if ends is not None and int(place) < len(ends):
            yield ends[int(place)][self._place]
        elif key not in LISTS and int(place) < len(columns):
            yield from self._key(columns[int(place)])
        elif place == masked_text(place):
            yield NUMBERED[self._place].format(number=int(place) + 1)
        else:
            yield masked_text(place)

    def _key(self, key: str) -> Iterator[str]:
        """Yield the words of a key; what tells printed from recomputed is a word of its own."""
        ending = next((one for one in (AS_PRINTED, RECOMPUTED) if key.endswith(one)), None)
        named = key if ending is None else key.removesuffix(ending).removesuffix("_")
        if named and named not in NOT_TOLD:
            yield self._word(named)
        if ending is not None:
            yield self._word(ending)

    def _word(self, key: str) -> str:
        for named in (key, key.removesuffix(_PERCENT)):
            if named in FIELDS:
                return FIELDS[named][self._place]
            if named in INDICATOR_OF:
                return NAMES[INDICATOR_OF[named]][self._words.language]
            if SAME_AS.get(named, named) in WORDS:
                return self._words(SAME_AS.get(named, named))
        return self._value(key)


def _beginnings(where: str) -> tuple[str, str]:
    """Return the chapter that a place is in, and the part of that chapter."""
    steps = [step["key"] for step in _STEP.finditer(where)][:2]
    chapter = steps[0] or ""
    return chapter, f"{chapter}.{steps[1]}" if len(steps) > 1 else chapter
