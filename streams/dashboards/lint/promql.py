"""Takes PromQL apart: which series an expression asks for, by which labels, and what it does with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import promql_parser

_MIXING = ("avg", "sum", "stddev", "stdvar", "quantile")
"""What makes one value of several, other than by choosing one; as aggregation, and with _over_time as function."""
_MAKING_LABELS = {"label_replace": 1, "label_join": 1}
"""Function → the argument that names the label that it makes."""


class Selector(NamedTuple):
    """Series that are asked for, and the labels by which they are chosen."""

    name: str
    labels: frozenset[str]


def nodes(expression: str | Any) -> Iterator[Any]:
    """Yield all parts of an expression, the outer before the inner ones; raises ValueError where it is no PromQL."""
    top = promql_parser.parse(expression) if isinstance(expression, str) else expression
    found: list[Any] = []
    promql_parser.walk(top, found.append)
    yield from found


def selectors(expression: str | Any) -> list[Selector]:
    """Return the series that an expression asks for."""
    return [
        Selector(node.name or "", frozenset(one.name for one in node.matchers.matchers))
        for node in nodes(expression)
        if isinstance(node, promql_parser.VectorSelector)
    ]


def labels_used(expression: str) -> set[str]:
    """Return the labels by which an expression groups or matches."""
    used: set[str] = set()
    for node in nodes(expression):
        modifier = getattr(node, "modifier", None)
        if isinstance(node, promql_parser.AggregateExpr) and modifier is not None:
            used |= set(modifier.labels)
        elif isinstance(node, promql_parser.BinaryExpr) and modifier is not None:
            used |= set(modifier.matching.labels if modifier.matching else ()) | set(modifier.group_labels or ())
    return used


def labels_made(expression: str) -> set[str]:
    """Return the labels that an expression makes itself."""
    made = set()
    for node in nodes(expression):
        if isinstance(node, promql_parser.Call) and node.func.name in _MAKING_LABELS:
            made.add(node.args[_MAKING_LABELS[node.func.name]].val)
        elif isinstance(node, promql_parser.AggregateExpr) and isinstance(node.param, promql_parser.StringLiteral):
            made.add(node.param.val)
    return made


def averaged(expression: str) -> Iterator[str]:
    """Yield what is added up or averaged in an expression, as PromQL."""
    for node in nodes(expression):
        if isinstance(node, promql_parser.AggregateExpr) and str(node.op) in _MIXING:
            yield node.expr.prettify()
        elif isinstance(node, promql_parser.Call) and node.func.name.removesuffix("_over_time") in _MIXING:
            yield from (argument.prettify() for argument in node.args)
