"""Dimensions, roll-ups and windows that several entries of the catalogue have in common."""

from __future__ import annotations

from streams.core.catalogue.indicator import RollUps, Window

BRAND_LABELS = ("service", "family", "brand", "branch")
BRAND_ROLL_UPS: RollUps = (
    (),
    ("service",),
    ("family",),
    ("brand",),
    ("branch",),
    ("service", "family"),
    ("service", "branch"),
)

PRODUCT_LABELS = ("service", "product", "branch")
PRODUCT_ROLL_UPS: RollUps = ((), ("service",), ("product",), ("branch",), ("service", "branch"))

PLACE_LABELS = ("service", "branch")
PLACE_ROLL_UPS: RollUps = ((), ("service",), ("branch",), ("service", "branch"))

ORDER_LABELS = ("family", "brand", "branch")
ORDER_ROLL_UPS: RollUps = ((), ("family",), ("brand",), ("branch",), ("family", "branch"))

HANDLED_LABELS = ("department", "branch")
HANDLED_ROLL_UPS: RollUps = ((), ("department",), ("branch",))

CALL_LABELS = ("caller", "branch")
CALL_ROLL_UPS: RollUps = ((), ("caller",), ("branch",), ("caller", "branch"))
SMALLEST_CALL_SAMPLE = 30
"""Shares of fewer answers than this say too little to be judged."""

BRANCH_LABELS = ("branch",)
BRANCH_ROLL_UPS: RollUps = ((), ("branch",))

MONTHS: tuple[Window, ...] = ("month", "last_month")
DAYS_AND_MONTHS: tuple[Window, ...] = ("24h", "7d", *MONTHS)
ALL_WINDOWS: tuple[Window, ...] = ("5m", "1h", *DAYS_AND_MONTHS)
