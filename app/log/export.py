"""The log as files: CSV for spreadsheets, JSON Lines for programs."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from app.log.entries import COLUMNS, Entry
from app.log.reading import Logged

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def object_of(entry: Entry) -> dict[str, object]:
    """Return a row for programs."""
    row: dict[str, object] = dict(zip(COLUMNS, entry, strict=True))
    for name in ("changed", "quirks"):
        row[name] = str(row[name]).split()
    row["is_test"] = bool(row["is_test"])
    values = row.pop("values_json")
    row["values"] = json.loads(str(values)) if values else None
    return row


def json_lines(rows: Iterable[Logged]) -> Iterator[str]:
    """Yield a line of JSON for each row."""
    for row in rows:
        yield json.dumps(object_of(row.entry), ensure_ascii=False) + "\n"


def csv_lines(rows: Iterable[Logged]) -> Iterator[str]:
    """Yield a header and a line for each row; no cell of them is a formula."""
    yield _line(COLUMNS)
    for row in rows:
        yield _line(_harmless(value) for value in row.entry)


def _line(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
