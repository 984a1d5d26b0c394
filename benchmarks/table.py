"""The table of a run, in Markdown, so that it can be read and pasted."""

from collections.abc import Sequence

from benchmarks.operations import Operation
from benchmarks.wrk import Measured


def row(operation: Operation, found: dict[str, Measured]) -> list[str]:
    """Return the cells of one operation: each server, then how ours compares."""
    cells = [operation.title]
    for each in found.values():
        cells += [f"{each.rate:,.{0 if each.rate >= 100 else 2}f}", _ms(each.p50), _ms(each.p99)]
    ours = next(iter(found.values()))
    cells.append(_ratio(ours, found.get("constant"), operation.of_constant))
    cells.append(_ratio(ours, found.get("scim2-flask"), operation.of_other))
    return cells


def header(names: Sequence[str]) -> list[str]:
    """Return the cells above the rows."""
    cells = ["operation"]
    for name in names:
        cells += [f"{name}: req/s", "p50 ms", "p99 ms"]
    return [*cells, "ours / constant (aim)", "ours / scim2-flask (aim)"]


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a table, the first one being its header."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [_line(cells, widths) for cells in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|")
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(aligned) + " |"


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.{2 if milliseconds < 10 else 0}f}"


def _ratio(ours: Measured, to: Measured | None, aim: float | None) -> str:
    if to is None:
        return ""
    ratio = ours.rate / to.rate
    return f"{ratio:,.2f}" + (f" ({aim:g})" if aim else "")
