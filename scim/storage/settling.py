"""Which rows of a growing table are all there: none below them is still to come.

The engine counts rows when they are added, and others see them when they are committed, which is
in another order where several write at a time. So whoever goes through a table in the order of its
key cannot stop at the last row there is: one before it may be on its way.
"""

import time

from scim.storage.database import Database

PATIENCE = 10.0
"""Seconds to wait for those who were adding rows; nobody waits for us meanwhile."""

_PAUSE = 0.01


def settled(database: Database, table: str, key: str, patience: float = PATIENCE) -> int | None:
    """Return a number up to which every row is committed by now or never will be.

    It is the highest that was given to a row when this began.

    :param key: the ``identity`` column of the table
    :returns: None if somebody who was adding rows then still is
    :raises Unavailable: the database cannot be reached
    """
    words = database.words
    with database.glance() as session:
        # the number first: whoever was given one by then is seen as a writer, or has ended
        row = session.one(words.counted_to.format(table, key))
    adding = words.adding.format(table)
    with database.glance() as session:
        writers = {each["writer"] for each in session.all(adding)}
    deadline = time.monotonic() + patience
    while writers:
        if time.monotonic() > deadline:
            return None
        time.sleep(_PAUSE)
        with database.glance() as session:
            writers &= {each["writer"] for each in session.all(adding)}
    return int(row["number"]) if row else 0
