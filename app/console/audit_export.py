"""The audit log as files: CSV for spreadsheets, JSON Lines for programs."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice

from app.audit import Line

FORMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
"""The media type of each, by how its name ends."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet compute a cell instead of showing it."""

_AT_ONCE = 1_000


def exported(form: str, lines: Iterable[Line]) -> Iterator[str]:
    """Yield a file in parts, so that a long log is never in memory as a whole."""
    if form == "csv":
        yield ",".join(Line._fields) + "\r\n"
    write, rest = (_as_csv if form == "csv" else _as_json), iter(lines)
    while part := list(islice(rest, _AT_ONCE)):
        yield write(part)


def _as_csv(lines: Iterable[Line]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([_cell(value) for value in line] for line in lines)
    return file.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _as_json(lines: Iterable[Line]) -> str:
    rows = (line._asdict() | {"detail": line.details} for line in lines)
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
