"""The parts of a report that no figure gives, as its writer keeps them: projects, highlights, defects, cases, plans."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import msgspec
import yaml

TEXTS_FOLDER = "report-text"
"""Below the folder of definitions: one file a month, TEXTS_FOLDER/2009-07.yaml."""
SHOWN_AS = "xxxx"
"""What stands in place of a number's last digits."""


class TextsError(Exception):
    """A file of texts cannot be used; the message names file, field and reason."""


class Defect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that was found wrong, and whether it is solved."""

    text: str
    state: Literal["solved", "open"]
    number: str = ""
    date: date | None = None
    owner: str = ""


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A typical case: what was complained of, what was done, what is suggested."""

    complaint: str
    handling: str
    suggestion: str
    number: str = ""


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to be done, and until when."""

    text: str
    due: date | None = None
    owner: str = ""


class ReportTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All texts of a month's report. `remarks` are sentences for a chapter of the tables ("satisfaction": …)."""

    top_projects: tuple[str, ...] = ()
    highlights: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()
    cases: tuple[Case, ...] = ()
    plans: tuple[Plan, ...] = ()
    remarks: dict[str, tuple[str, ...]] = {}


def texts_folder(definitions_dir: Path, own: Path | None) -> Path:
    """Return the folder of the texts: the settings' own, else the one beside the definitions."""
    return definitions_dir / TEXTS_FOLDER if own is None else own


def load_texts(path: Path) -> ReportTexts:
    """Read a month's texts; a file that is not there is a month without any.

    Raises TextsError where it cannot be read or has fields that no report has.
    """
    if not path.exists():
        return ReportTexts()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return msgspec.convert({} if content is None else content, ReportTexts)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise TextsError(f"{path}: {error}") from error


def shown_number(number: str) -> str:
    """Return the number that an entry is about, its last digits hidden."""
    return number[: -len(SHOWN_AS)] + SHOWN_AS if number else ""
