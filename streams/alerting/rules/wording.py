"""How texts of alerts are put together: templates that Prometheus fills in from labels, values and other series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from streams.alerting.roster import Language
from streams.core.catalogue.indicator import Text
from streams.core.definitions import NONE, Definitions

LANGUAGES: tuple[Language, ...] = ("zh", "en")

UNKNOWN_BRANCH = f"{NONE}|other"
"""The branches that metrics show for none, and for one that the settings do not list."""

NO_BRANCH = f"^({UNKNOWN_BRANCH})?$"


def both(zh: str, en: str) -> Text:
    """Return a text in both languages."""
    return {"zh": zh, "en": en}


TO_PERCENT = "humanizePercentage"
TO_WHOLE = 'printf "%.0f"'
"""What a template pipes a value through to show it as a share, or as a whole number."""

WHOLE_CITY = both("全市", "the whole city")


def words(definitions: Definitions, values: Iterable[str], language: Language) -> dict[str, str]:
    """Return those of some label values that have another name in a language, with it."""
    names = {value: definitions.names.get(value, {}).get(language, value) for value in values}
    return {value: name for value, name in names.items() if name != value}


def chosen(label: str, words: Mapping[str, str], otherwise: str = "") -> str:
    """Return a template that shows a label's value as one of `words`.

    Where there is none for it, it shows `otherwise`, or the value as it stands.
    """
    default = otherwise or f"{{{{ $labels.{label} }}}}"
    if not words:
        return default
    chain = "{{ else ".join(f'if eq $labels.{label} "{value}" }}}}{word}' for value, word in words.items())
    return f"{{{{ {chain}{{{{ else }}}}{default}{{{{ end }}}}"


def branch_name(definitions: Definitions, language: Language, without: Text = WHOLE_CITY) -> str:
    """Return a template that shows the branch of the series that fired, and `without` where it has none."""
    name = chosen("branch", words(definitions, definitions.branches, language))
    return f'{{{{ if match "{NO_BRANCH}" $labels.branch }}}}{without[language]}{{{{ else }}}}{name}{{{{ end }}}}'


def looked_up(series: str, fixed: Mapping[str, str], taken: tuple[str, ...], shown_as: str, divisor: int = 1) -> str:
    """Return a template that shows the value of a series, "?" where it is not there.

    Its labels are those in `fixed`, and those in `taken` with the values that the alert has; `shown_as` is what the
    value, divided by `divisor`, is piped through.
    """
    matchers = [*(f"{name}='{value}'" for name, value in fixed.items()), *(f"{name}='%s'" for name in taken)]
    selector = f"{series}{{{','.join(matchers)}}}" + (f" / {divisor}" if divisor != 1 else "")
    arguments = "".join(f" $labels.{name}" for name in taken)
    query = f'query (printf "{selector}"{arguments})'
    return f"{{{{ with {query} }}}}{{{{ . | first | value | {shown_as} }}}}{{{{ else }}}}?{{{{ end }}}}"
