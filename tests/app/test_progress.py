"""How far a command has come, shown on a terminal."""

import io
import re

from app.cli.progress import Progress


def test_progress_is_shown_on_a_terminal() -> None:
    terminal = _Terminal()

    with Progress("Importing", "lines", 200, terminal) as progress:
        progress.advance(1_000, 50)
    with Progress("Importing", "lines", None, terminal) as progress:
        progress.advance(1_000)

    first, second = terminal.getvalue().split("\r\033[K", 1)
    assert first.startswith("\rImporting   25%  1,000 lines  ")
    assert first.removesuffix("\033[K").endswith("/s  0:00 left")
    assert second.startswith("\rImporting  1,000 lines  ")
    assert "left" not in second


def test_the_time_left_may_be_hours() -> None:
    terminal = _Terminal()

    with Progress("Importing", "lines", 10**9, terminal) as progress:
        progress.advance(1)

    assert re.search(r" \d{1,7}:\d\d:\d\d left", terminal.getvalue())


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True
