"""Whole dashboards as Grafana has them: variables at the top, annotations, links, and the panels in their sections."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from streams.alerting.roster import Language
from streams.alerting.rules.panels import board_uid, panel_id
from streams.alerting.rules.records import DENOMINATOR, OUTAGE_REPORTS
from streams.core.definitions import Definitions
from streams.dashboards.layout import lay_out
from streams.dashboards.queries import CHOSEN
from streams.dashboards.render import DATA_SOURCE, NO_PLACE, Renderer
from streams.dashboards.spec import ALARM, Board
from streams.dashboards.texts import TEXTS, Names, word

TAG = "streams"
ALL = "$__all"
ANY = ".*"


def dashboard(board: Board, language: Language, definitions: Definitions) -> str:
    """Return a dashboard in a language as Grafana reads it from a file; the same board gives the same bytes."""
    texts = TEXTS.boards[board.key]
    with warnings.catch_warnings():
        # The SDK would rather have the newer model, which Grafana refuses in files.
        warnings.simplefilter("ignore", DeprecationWarning)
        made = builders.Dashboard(texts.title[language])
    made.uid(board_uid(board.key, language)).description(texts.description[language])
    made.tags([TAG, language]).timezone(definitions.timezone).refresh(board.refresh).time(board.span, "now")
    made.readonly().tooltip(models.DashboardCursorSync.CROSSHAIR)
    made.variables(list(_variables(board, language))).annotations([_outages(language)]).links([_others(language)])
    renderer = Renderer(language, Names(definitions))
    for section in board.sections:
        if section.heading:
            made.with_row(builders.Row(word(section.heading, language)).id(panel_id(f"section {section.key}")))
        for panel in section.panels:
            made.with_panel(renderer.panel(panel))
    whole = made.build()
    lay_out(whole.panels or [])
    return as_text(whole)


def as_text(content: Any) -> str:
    """Return a thing of the SDK as text."""
    return json.dumps(content, cls=JSONEncoder, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _variables(board: Board, language: Language) -> Iterator[Any]:
    yield builders.DatasourceVariable("datasource").label(word("datasource", language)).type("prometheus")
    for name in board.variables:
        made = builders.CustomVariable(name) if name == "window" else builders.QueryVariable(name)
        made.label(word(name, language))
        if isinstance(made, builders.CustomVariable):
            first = board.windows[0]
            made.values(",".join(f"{word(f'window_{window}', language)} : {window}" for window in board.windows))
            made.current(models.VariableOption(text=word(f"window_{first}", language), value=first))
        else:
            made.query(f'label_values({DENOMINATOR}{{by="{name}"}}, {name})').datasource(DATA_SOURCE)
            made.refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED).multi(True).include_all(True).all_value(ANY)
            made.current(models.VariableOption(text=word("all", language), value=ALL))
        yield made


def _outages(language: Language) -> builders.AnnotationQuery:
    """Return the annotation that shows on every chart while outages last."""
    made = builders.AnnotationQuery().name(word("mass_outages", language)).datasource(DATA_SOURCE).enable(True)
    made.expr(OUTAGE_REPORTS).step("30s").icon_color(ALARM).placement(NO_PLACE)
    return made.title_format("{{branch}} {{place}}").text_format("{{outage}}").tag_keys("class")


def _others(language: Language) -> builders.DashboardLink:
    """Return the list of our other dashboards in the language."""
    made = builders.DashboardLink(word("dashboards", language)).type(models.DashboardLinkType.DASHBOARDS)
    return made.tags([TAG, language]).as_dropdown(True).include_vars(True).keep_time(True).placement(NO_PLACE)


def filled_in(expression: str, window: str) -> str:
    """Return a query as Grafana asks it when everything is chosen, for one window."""
    for variable in CHOSEN.values():
        expression = expression.replace(variable, ANY)
    return expression.replace("$window", window)
