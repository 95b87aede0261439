"""Top symptoms and top causes of faults: what was reported most, and what was found most."""

from __future__ import annotations

from streams.core.catalogue.indicator import TopList
from streams.core.catalogue.shapes import PLACE_LABELS
from streams.core.contributions.faults import CAUSES, SYMPTOMS

TOP_SYMPTOMS = TopList(
    id="top_symptoms",
    names={"zh": "主要故障现象", "en": "Top symptoms"},
    measure=SYMPTOMS.name,
    labels=PLACE_LABELS,
    roll_ups=((), ("service",)),
    listed="symptom",
    size=3,
)
TOP_CAUSES = TopList(
    id="top_causes",
    names={"zh": "主要故障原因", "en": "Top causes"},
    measure=CAUSES.name,
    labels=PLACE_LABELS,
    roll_ups=((), ("service",)),
    listed="cause",
    size=3,
)
