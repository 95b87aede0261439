"""A workbook of July's tables as somebody would type it, with cells that are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl

SHEETS = {
    "E8": ("repeat_reports.E8", ["申告用户", "重复申告用户", "重复申告率"]),
    "处罚": ("complaints.penalties", ["超时", "元", "不规范", "元", "录入错误", "元", "合计"]),
    "渠道": ("complaints.other_channels", ["现业", "简阳", "安岳", "乐至"]),
}
WRONG = {("E8", "乐至", 2): 41, ("处罚", "渠道营业厅", 6): 310.67, ("渠道", "省公司", 4): 3}
"""Sheet, row and column (1 is the first figure) → what stands there in place of 40, 310.76 and 2."""
WRONG_PLACES = {
    "repeat_reports.E8.乐至[1]": (40, "1"),
    "complaints.penalties.渠道营业厅[5]": (310.76, "-0.09"),
    "complaints.other_channels.省公司.乐至": (2, "1"),
}
"""Where that is, what stands there rightly, and by how much it is wrong."""


def write(path: Path, tables: Mapping[str, Any], wrong: Mapping[tuple[str, str, int], float]) -> Path:
    """Write a workbook of some tables by hand, with some wrong cells."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, (where, headings) in SHEETS.items():
        sheet = book.create_sheet(name)
        sheet.append([where, *headings])
        table = tables
        for key in where.split("."):
            table = table[key]
        for row, content in table.items():
            cells = content if isinstance(content, list) else [content]
            if isinstance(content, dict):
                cells = [content.get(heading) for heading in headings]
            sheet.append([row, *(wrong.get((name, row, place), cell) for place, cell in enumerate(cells, start=1))])
    book.save(path)
    return path
