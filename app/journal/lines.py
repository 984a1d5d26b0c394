"""How an event becomes a line: JSON for programs, or text for people."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.journal.requests import FIELDS, current_ids
from scim.instant import to_text

_ROOT = Path(__file__).parent.parent.parent

_MOST_FRAMES = 8
"""Places of what was raised that are told, the last ones."""

_LINE_ENDS = dict.fromkeys((*range(32), 127, 133, 8232, 8233), " ")


def write_journal(kind: str) -> None:
    """Write what this process says from now on, as ``json`` or ``text``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if kind == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for package in ("app", "scim"):
        logging.getLogger(package).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


class _Lines(logging.Formatter):
    """Formats a record as what it tells of, by name."""

    def told(self, record: logging.LogRecord) -> dict[str, Any]:
        """Return what a record tells of."""
        told: dict[str, Any] = {
            "time": to_text(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage().translate(_LINE_ENDS),
            **current_ids(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            told["error"] = " from ".join(map(_kind, _chain(record.exc_info[1])))
            told["at"] = _places(record.exc_info[1])
        return told


class JsonLines(_Lines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        return json.dumps(self.told(record))


class TextLines(_Lines):
    """The time, the level and the event, and then the rest by name."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        told = self.told(record)
        time, level, logger, event = (told.pop(key) for key in ("time", "level", "logger", "event"))
        rest = (
            f"{key}={' < '.join(value) if isinstance(value, list) else value}"
            for key, value in told.items()
        )
        return " ".join((time, level, f"{logger}:", event, *rest))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(_MOST_FRAMES):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _kind(error: BaseException) -> str:
    return type(error).__qualname__


def _places(error: BaseException) -> list[str]:
    """Return where something was raised, the innermost place first."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    return [f"{_shown(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames)]


def _shown(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name
