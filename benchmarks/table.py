"""A table in Markdown, so that it can be read and pasted."""

from collections.abc import Sequence


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a table, the first one being its header."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [_line(cells, widths) for cells in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|")
    return "\n".join(lines)


def rate(per_second: float) -> str:
    """Return a rate as a cell."""
    return f"{per_second:,.0f}" if per_second >= 100 else f"{per_second:.1f}"


def milliseconds(span: float) -> str:
    """Return a span of time as a cell."""
    return f"{span:,.0f}" if span >= 100 else f"{span:.2f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(aligned) + " |"
