"""Panels as Grafana has them: the form, the queries and the look of each, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from grafana_foundation_sdk.builders import bargauge, common, prometheus, stat, statetimeline, table, text, timeseries
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat
from grafana_foundation_sdk.models.text import TextMode

from streams.alerting.roster import Language
from streams.alerting.rules.panels import panel_id, panel_url
from streams.dashboards.spec import CALM, Page, Panel, Query, Steps
from streams.dashboards.texts import Names, titled, word

DATA_SOURCE = looks.DataSourceRef(type_val="prometheus", uid="${datasource}")
RUNBOOK_BOARD = "runbook"
BETWEEN = " · "
"""Stands between the parts of a series' name."""

Builder = Any
"""A panel's builder of the SDK; those of the forms have no class in common."""


class Renderer:
    """Makes panels in one language."""

    def __init__(self, language: Language, names: Names) -> None:
        self._language, self._names = language, names

    def panel(self, panel: Panel | Page) -> Builder:
        """Return the SDK's builder of a panel."""
        if isinstance(panel, Page):
            return self._page(panel)
        title, description = titled(panel, self._language)
        made = _FORMS[panel.form](panel)
        made.id(panel_id(panel.key)).title(title).description(description).datasource(DATA_SOURCE)
        made.unit(panel.unit).span(panel.width).height(panel.height)
        if panel.decimals is not None:
            made.decimals(panel.decimals)
        if panel.largest is not None:
            made.min(0).max(panel.largest)
        made.thresholds(_thresholds(panel.steps))
        made.targets([self._target(panel, number, query) for number, query in enumerate(panel.queries)])
        if panel.runbook:
            made.links([self._runbook_link(panel.runbook)])
        if panel.form == "table":
            self._as_table(panel, made)
        else:
            made.transformations(list(self._renamed(panel)))
        return made

    def _page(self, page: Page) -> Builder:
        made = text.Panel().id(panel_id(page.key)).title(page.title).description(page.title)
        return made.mode(TextMode.MARKDOWN).content(page.content).span(page.width).height(page.height)

    def _runbook_link(self, anchor: str) -> builders.DashboardLink:
        url = panel_url(RUNBOOK_BOARD, anchor, self._language)
        return builders.DashboardLink(word("runbook", self._language)).url(f"/{url}").placement(NO_PLACE)

    def _target(self, panel: Panel, number: int, query: Query) -> prometheus.Dataquery:
        made = prometheus.Dataquery().expr(query.expr).ref_id(chr(ord("A") + number)).datasource(DATA_SOURCE)
        made.legend_format(self._legend(query))
        if panel.form == "table":
            return made.instant().format(PromQueryFormat.TABLE)
        is_over_time = panel.form in ("series", "timeline")
        made = made.range() if is_over_time else made.instant()
        return made.format(PromQueryFormat.TIME_SERIES)

    def _legend(self, query: Query) -> str:
        parts = [word(query.word, self._language)] if query.word else []
        return BETWEEN.join([*parts, *(f"{{{{{label}}}}}" for label in query.labels)])

    def _renamed(self, panel: Panel) -> Iterator[models.DataTransformerConfig]:
        """Yield what shows label values in names of series by what they are called."""
        labels = dict.fromkeys(label for query in panel.queries for label in query.labels)
        for value, name in self._names.of(labels, self._language).items():
            whole = rf"/(^|{BETWEEN}){re.escape(value)}(?={BETWEEN}|$)/"
            yield models.DataTransformerConfig("renameByRegex", options={"regex": whole, "renamePattern": f"$1{name}"})

    def _as_table(self, panel: Panel, made: Builder) -> None:
        columns = {label: word(label, self._language) for label in panel.columns}
        values = {_value_field(panel, number): query for number, query in enumerate(panel.queries)}
        headings = columns | {field: word(query.word, self._language) for field, query in values.items()}
        fields = list(dict.fromkeys((*headings, _LONE_VALUE)))
        order = {field: number for number, field in enumerate(headings)}
        made.transformations(
            [
                models.DataTransformerConfig("merge", options={}),
                models.DataTransformerConfig("filterFieldsByName", options={"include": {"names": fields}}),
                models.DataTransformerConfig(
                    "organize", options={"excludeByName": {}, "indexByName": order, "renameByName": headings}
                ),
            ]
        )
        made.mappings([self._mapping(panel)])
        for field, query in values.items():
            made.override_by_name(headings[field], list(_look(query)))

    def _mapping(self, panel: Panel) -> models.ValueMap:
        names = self._names.of(panel.columns, self._language)
        results = {
            value: models.ValueMappingResult(text=name, index=index)
            for index, (value, name) in enumerate(names.items())
        }
        return models.ValueMap(options=results)


_LONE_VALUE = "Value"
"""What Grafana calls a table's values where one query alone has any."""
NO_PLACE: Any = None
"""The SDK would put links into a menu, where nobody looks."""


def _value_field(panel: Panel, number: int) -> str:
    """Return what Grafana calls the values of a table's query before they are renamed."""
    return _LONE_VALUE if len(panel.queries) == 1 else f"Value #{chr(ord('A') + number)}"


def _look(query: Query) -> Iterator[models.DynamicConfigValue]:
    if query.unit:
        yield models.DynamicConfigValue("unit", query.unit)
    if query.steps:
        steps = _thresholds(query.steps).build()
        yield models.DynamicConfigValue("thresholds", {"mode": steps.mode, "steps": steps.steps})
        yield models.DynamicConfigValue("custom.cellOptions", {"type": "color-text"})


def _thresholds(steps: Steps) -> builders.ThresholdsConfig:
    first = models.Threshold(value=None, color=CALM)
    rising = [models.Threshold(value=value, color=colour) for value, colour in steps]
    return builders.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps([first, *rising])


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False)


def _stat(panel: Panel) -> Builder:
    names = any(query.labels or query.word for query in panel.queries)
    mode = looks.BigValueTextMode.VALUE_AND_NAME if names else looks.BigValueTextMode.VALUE
    colours = looks.BigValueColorMode.BACKGROUND if panel.steps else looks.BigValueColorMode.NONE
    made = stat.Panel().reduce_options(_last()).text_mode(mode).color_mode(colours)
    return made.graph_mode(looks.BigValueGraphMode.NONE).justify_mode(looks.BigValueJustifyMode.CENTER)


def _series(panel: Panel) -> Builder:
    legend = common.VizLegendOptions().display_mode(looks.LegendDisplayMode.LIST).show_legend(True)
    made = timeseries.Panel().legend(legend.placement(looks.LegendPlacement.BOTTOM).calcs([]))
    made.tooltip(common.VizTooltipOptions().mode(looks.TooltipDisplayMode.MULTI).sort(looks.SortOrder.DESCENDING))
    made.line_width(2).show_points(looks.VisibilityMode.NEVER).fill_opacity(30 if panel.is_stacked else 0)
    if panel.is_stacked:
        made.stacking(common.StackingConfig().mode(looks.StackingMode.NORMAL))
    return made


def _bars(_: Panel) -> Builder:
    made = bargauge.Panel().reduce_options(_last()).orientation(looks.VizOrientation.HORIZONTAL)
    return made.display_mode(looks.BarGaugeDisplayMode.BASIC).min(0)


def _timeline(_: Panel) -> Builder:
    return statetimeline.Panel().show_value(looks.VisibilityMode.AUTO).merge_values(True)


def _table(_: Panel) -> Builder:
    return table.Panel().show_header(True).filterable(True)


_FORMS: Mapping[str, Any] = {
    "stat": _stat,
    "series": _series,
    "bars": _bars,
    "timeline": _timeline,
    "table": _table,
}
