"""Writes Office files anew with fixed dates, so that the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

FIXED_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a ZIP archive can hold: when a part was written says nothing about the report."""
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_WORKBOOK = ".xlsx"
_PROPERTIES = "docProps/core.xml"


def with_fixed_dates(content: bytes, created: datetime) -> bytes:
    """Return an Office file whose parts, and the workbooks of charts in it, have no dates but `created`."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            part = source.read(name)
            if name.endswith(_WORKBOOK):
                part = with_fixed_dates(part, created)
            elif name == _PROPERTIES:
                part = _DATES.sub(rb"\g<1>" + _written(created) + rb"\g<2>", part)
            entry = zipfile.ZipInfo(name, FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, part)
    return target.getvalue()


def _written(created: datetime) -> bytes:
    return created.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
