"""Writes the report as one page of HTML that needs nothing else: styles and charts are in it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from streams.reports.document.model import Chapter, Document, Judgement, Row, Section, Table
from streams.reports.document.page_charts import svg
from streams.reports.document.words import Words

STYLE = """
:root{--ink:#1c1c1c;--soft:#595959;--line:#d0d7de;--house:#1f4e79;--pale:#eef3fa;--paper:#fff;
--met:#e2f0d9;--met-ink:#1b5e20;--missed:#ffd9d9;--missed-ink:#9c0006;--reference:#b04a10}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8e8;--soft:#a8a8a8;--line:#3d444d;--house:#7fb2e5;--pale:#20262e;
--paper:#14181d;--met:#1e3a24;--met-ink:#b7e4c0;--missed:#4a1f24;--missed-ink:#ffb3b8;--reference:#ff9d5c}}
body{font:15px/1.6 Arial,"Microsoft YaHei","PingFang SC","Noto Sans CJK SC",sans-serif;color:var(--ink);
background:var(--paper);max-width:1080px;margin:0 auto;padding:24px}
h1,h2,h3{color:var(--house);line-height:1.3}h2{border-bottom:2px solid var(--house);margin-top:2.2em}
nav ul{columns:2;padding-left:1.2em}a{color:var(--house)}.soft{color:var(--soft)}
.part{display:flex;flex-wrap:wrap;gap:24px;align-items:flex-start;margin:1em 0}.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse}caption{text-align:left;font-weight:bold;padding:4px 0}
th,td{border:1px solid var(--line);padding:3px 9px;text-align:right;font-variant-numeric:tabular-nums}
th{background:var(--pale);color:var(--house)}.text{text-align:left}.verdict{text-align:center;white-space:nowrap}
tr.total td{background:var(--pale);font-weight:bold}td.met{background:var(--met);color:var(--met-ink)}
td.missed{background:var(--missed);color:var(--missed-ink);font-weight:bold}
figure{margin:0;flex:1 1 340px;max-width:560px}svg{width:100%;height:auto}figcaption{font-weight:bold}
@media print{nav{display:none}h2{break-before:page}table,figure{break-inside:avoid}}
"""


def write_page(document: Document, words: Words) -> bytes:
    """Return the page's bytes, in UTF-8."""
    return "\n".join(_lines(document, words)).encode()


def _lines(document: Document, words: Words) -> Iterator[str]:
    language = "zh-CN" if document.language == "zh" else document.language
    yield f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(document.title)}</title><style>{STYLE}</style></head><body><header>"
    yield f"<h1>{escape(document.title)}</h1><p>{escape(document.subtitle)}</p>"
    yield f'<p class="soft">{escape(words("legend"))}</p></header>'
    yield from _contents(document, words)
    yield "<main>"
    for chapter in document.chapters:
        yield from _chapter(chapter, words)
    yield "</main></body></html>"
    yield ""


def _contents(document: Document, words: Words) -> Iterator[str]:
    yield f"<nav><h2>{escape(words('contents'))}</h2><ul>"
    for chapter in document.chapters:
        for section in chapter.sections:
            yield f'<li><a href="#{_anchor(section)}">{escape(section.heading)}</a></li>'
    yield "</ul></nav>"


def _anchor(section: Section) -> str:
    return f"s{section.number.replace('.', '-')}"


def _chapter(chapter: Chapter, words: Words) -> Iterator[str]:
    yield f"<h2>{escape(chapter.heading)}</h2>"
    for section in chapter.sections:
        yield f'<section id="{_anchor(section)}"><h3>{escape(section.heading)}</h3>'
        for sentence in section.sentences:
            yield f"<p>{escape(sentence)}</p>"
        for table in section.tables:
            yield '<div class="part">'
            yield from _table(table, words)
            if table.chart is not None:
                yield svg(table.chart, words)
            yield "</div>"
        if section.charts:
            yield '<div class="part">'
            yield from (svg(chart, words) for chart in section.charts)
            yield "</div>"
        yield "</section>"


def _table(table: Table, words: Words) -> Iterator[str]:
    yield f'<div class="scroll"><table><caption>{escape(table.title)}</caption><thead><tr>'
    for column in table.columns:
        kind = ' class="text"' if column.kind == "text" else ""
        yield f'<th scope="col"{kind}>{escape(column.title)}</th>'
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield _row(table, row, words)
    yield "</tbody></table>"
    if table.note:
        yield f'<p class="soft">{escape(table.note)}</p>'
    yield "</div>"


def _row(table: Table, row: Row, words: Words) -> str:
    cells = []
    for value, column in zip(row.cells, table.columns, strict=True):
        looks: str = column.kind if column.kind in ("text", "verdict") else ""
        if isinstance(value, Judgement):
            looks = f"{looks} {value.verdict}"
        shown = escape(words.cell(value, column.kind))
        cells.append(f'<td class="{looks}">{shown}</td>' if looks else f"<td>{shown}</td>")
    opening = '<tr class="total">' if row.is_total else "<tr>"
    return f"{opening}{''.join(cells)}</tr>"
