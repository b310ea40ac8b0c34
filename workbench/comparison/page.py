"""A page of HTML that needs nothing but itself: no network, no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

# The reader's colours, light or dark; black on white when printed.
STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, CanvasText 22%, transparent);
  --faint: color-mix(in srgb, CanvasText 6%, transparent);
  --quiet: color-mix(in srgb, CanvasText 68%, transparent); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 68rem; background: Canvas;
  color: CanvasText; font: 1rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .6rem; padding-top: .5rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
p, ul, ol { margin: .5rem 0; max-width: 46rem; }
li { margin: .25rem 0; overflow-wrap: anywhere; }
.lead { color: var(--quiet); }
figure { margin: 1.2rem 0; }
figure svg { display: block; width: 100%; max-width: 46rem; height: auto; }
figcaption, caption, .note { font-size: .875rem; color: var(--quiet); max-width: 46rem; }
caption { text-align: left; padding-bottom: .4rem; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .84rem; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .45rem; text-align: right; vertical-align: top; white-space: nowrap; }
th { font-weight: 600; vertical-align: bottom; border-bottom: 1px solid currentColor; }
thead th { white-space: normal; }
td { border-bottom: 1px solid var(--line); }
th.text, td.text { text-align: left; white-space: normal; overflow-wrap: break-word; }
td.name { min-width: 9rem; max-width: 16rem; }
td.prose { min-width: 15rem; max-width: 24rem; }
tr.group th { text-align: left; padding-top: .9rem; border-bottom: 1px solid var(--line); }
td.clear { font-weight: 600; }
small { color: var(--quiet); font-size: .9em; line-height: 1.35; display: block; }
pre { font: .8rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; background: var(--faint);
  padding: .8rem 1rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: .9em ui-monospace, "DejaVu Sans Mono", monospace; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  figure, tr, pre { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 7pt; }
  th, td { padding: .15rem .35rem; }
  td.prose { min-width: 0; }
}
"""


def page(title: str, body: Iterable[str]) -> str:
    """A whole document with ``body``, pieces of HTML; ``title`` is text."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )


def heading(text: str, level: int = 2) -> str:
    """A heading."""
    return f"<h{level}>{escape(text)}</h{level}>"


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text."""
    return f"<p{_class(kind)}>{escape(text)}</p>"


def bullets(texts: Iterable[str], ordered: bool = False) -> str:
    """A list of plain texts."""
    tag = "ol" if ordered else "ul"
    return f"<{tag}>{''.join(f'<li>{escape(t)}</li>' for t in texts)}</{tag}>"


def picture(drawing: str, caption: str, alternative: str) -> str:
    """An <svg> element with its caption; ``alternative`` says in short what it shows."""
    drawn = drawing.replace("<svg", f'<svg role="img" aria-label="{escape(alternative)}"', 1)
    return f"<figure>\n{drawn}\n<figcaption>{escape(caption)}</figcaption>\n</figure>"


def preformatted(text: str) -> str:
    """Text as it is written."""
    return f"<pre>{escape(text)}</pre>"


class Cell(str):
    """A table's cell with classes of its own (text, name, prose, clear) and a quiet line
    ``below``; a plain str is a number."""

    kind: str
    below: str

    def __new__(cls, text: str, kind: str = "", below: str = "") -> Cell:
        made = super().__new__(cls, text)
        made.kind, made.below = kind, below
        return made


def name(text: str) -> Cell:
    """A cell that names something."""
    return Cell(text, "text name")


def prose(text: str, below: str = "") -> Cell:
    """A cell with a title, and a sentence below it."""
    return Cell(text, "text prose", below)


def table(
    caption: str, header: Sequence[str], groups: Iterable[tuple[str, Iterable[Sequence[str]]]]
) -> str:
    """A table of texts; ``groups`` are rows under a title each, an empty one for none.

    A column is of text where the header's cell is made by ``name``.
    """
    lines = ['<div class="scroll"><table>', f"<caption>{escape(caption)}</caption>", "<thead><tr>"]
    lines += [_cell("th", text, ' scope="col"') for text in header]
    lines.append("</tr></thead>")
    for title, rows in groups:
        lines.append("<tbody>")
        if title:
            span = f' colspan="{len(header)}" scope="rowgroup"'
            lines.append(f'<tr class="group">{_cell("th", title, span)}</tr>')
        lines += [f"<tr>{''.join(_cell('td', text) for text in row)}</tr>" for row in rows]
        lines.append("</tbody>")
    return "\n".join([*lines, "</table></div>"])


def _cell(tag: str, text: str, more: str = "") -> str:
    kind = text.kind if isinstance(text, Cell) else ""
    below = text.below if isinstance(text, Cell) else ""
    added = f"<small>{escape(below)}</small>" if below else ""
    return f"<{tag}{_class(kind)}{more}>{escape(text)}{added}</{tag}>"


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
