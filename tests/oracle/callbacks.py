"""Call-backs: how their messages read, and a month's figures from them."""

from collections.abc import Iterable
from typing import Final

from tests.oracle.counting import Counted, Town, labelled, share, share_of_known
from tests.oracle.reading import Kind, Record, flag, instant, label, one_of

DIMENSIONS: Final = ("subject", "caller", "branch")
QUESTIONS: Final = ("timely", "attitude", "satisfied")

KIND: Final = Kind(
    fields={
        "called_at": instant,
        "subject": one_of("fault", "complaint", "order", "vip"),
        "ref": label,
        "caller": one_of("province", "local"),
        "reached": flag,
        **dict.fromkeys(QUESTIONS, flag),
    },
    required=("called_at", "subject"),
    placed_by="called_at",
)


def prepare(month: Iterable[Record], town: Town) -> list[Record]:
    """A month's call-backs with their labels."""
    return labelled([{**call, "branch": town.branch(call)} for call in month], DIMENSIONS)


def count(month: list[Record], counted: Counted) -> None:
    """Add the rates and counts of a prepared month."""
    counted.add_rate("callback_reached_rate", ("caller", "branch"), month, share("reached", True))
    vip = [call for call in month if call["subject"] == "vip"]
    counted.add_rate("vip_callback_rate", ("branch",), vip, share("reached", True))
    counted.add_count("callbacks", DIMENSIONS, month)
    counted.add_count("callbacks_reached", DIMENSIONS, [call for call in month if call["reached"]])
    for question in QUESTIONS:
        counted.add_rate(f"callback_{question}_rate", ("caller", "branch"), month, share_of_known(question))
        asked = [call for call in month if call[question] is not None]
        counted.add_count(f"callbacks_asked_{question}", DIMENSIONS, asked)
        counted.add_count(f"callbacks_{question}", DIMENSIONS, [call for call in asked if call[question]])
