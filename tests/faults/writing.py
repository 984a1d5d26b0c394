"""A program that adds rows from several threads, and says so on standard output once answered.

``python -m tests.faults.writing FILE ROWS full|normal``
"""

import os
import sys
from pathlib import Path

from scim.storage import open_database
from tests.contract.shared_writes import TABLES, add
from tests.races import in_threads

_THREADS = 3
_LENGTH = 1500
"""Characters of a row: some hundred rows fill the log, and the database gets its pages."""


def main(file: str, rows: str, lasting: str) -> None:
    """Add rows, and write each to standard output once it is committed."""
    database = open_database(Path(file), lasting=lasting == "full")
    database.migrate((TABLES,))
    numbers = iter(range(int(rows)))

    def write() -> None:
        for number in numbers:
            text = f"{number}".ljust(_LENGTH, "x")
            add(database, text)
            os.write(1, b"%d\n" % number)

    in_threads(_THREADS, write)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
