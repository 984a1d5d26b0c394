"""How much a sized test does: enough for every run, or as much as ``make verify`` takes time for.

The one place that reads ``PROVISOR_VERIFY``.
"""

import os


def size(in_test_run: int, in_full: int) -> int:
    """Return the first number, or the second where tests run at their full sizes."""
    return in_full if os.environ.get("PROVISOR_VERIFY") == "1" else in_test_run
