"""The tables of the provisioning log, in the order they came to be.

They have a list of their own: on SQLite they stand in a file of their own.
"""

from scim.storage import Migration

MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        "log/0001_requests",
        (
            """
            CREATE TABLE provisioning_log (
                seq $identity,
                at $text NOT NULL,
                tenant_id $text NOT NULL,
                app_id $text NOT NULL,
                token_id $text NOT NULL,
                request_id $text NOT NULL,
                method $text NOT NULL,
                operation $text NOT NULL,
                resource_type $text NOT NULL,
                resource_id $text NOT NULL,
                filter TEXT NOT NULL,
                outcome $text NOT NULL,
                status INTEGER NOT NULL,
                scim_type $text NOT NULL,
                detail TEXT NOT NULL,
                micros INTEGER NOT NULL,
                changed TEXT NOT NULL,
                values_json TEXT NOT NULL,
                quirks TEXT NOT NULL,
                address $text NOT NULL,
                agent TEXT NOT NULL,
                object_key BIGINT
            )
            """,
            # Rows come in the order of their time, and so do ids of requests: all but the last of
            # these grow at their ends. Ids of resources stand anywhere, and would cost a page for
            # nearly each row: so only changes, or tries, are found by them, by a short number.
            "CREATE INDEX log_by_time ON provisioning_log (app_id, at)",
            # reading is most of what providers do: whoever looks for it goes by time
            """
            CREATE INDEX log_by_outcome ON provisioning_log (app_id, outcome, at)
            WHERE outcome <> 'Found'
            """,
            "CREATE INDEX log_by_request ON provisioning_log (request_id, app_id)",
            """
            CREATE INDEX log_by_object ON provisioning_log (object_key, seq)
            WHERE object_key IS NOT NULL
            """,
            # How many requests of a minute ended how: what the state of an app is told from,
            # without reading the requests themselves.
            """
            CREATE TABLE provisioning_count (
                app_id $text NOT NULL,
                minute $text NOT NULL,
                outcome $text NOT NULL,
                requests INTEGER NOT NULL,
                PRIMARY KEY (app_id, minute, outcome)
            )$keyed
            """,
            "CREATE INDEX provisioning_count_by_age ON provisioning_count (minute)",
        ),
    ),
    Migration(
        "log/0002_hours",
        (
            # The same by the hour: a day of a busy app is 24 of them, and 1,440 minutes.
            """
            CREATE TABLE provisioning_hour (
                app_id $text NOT NULL,
                hour $text NOT NULL,
                outcome $text NOT NULL,
                requests INTEGER NOT NULL,
                PRIMARY KEY (app_id, hour, outcome)
            )$keyed
            """,
            "CREATE INDEX provisioning_hour_by_age ON provisioning_hour (hour)",
            """
            INSERT INTO provisioning_hour (app_id, hour, outcome, requests)
            SELECT app_id, substr(minute, 1, 13), outcome, sum(requests) FROM provisioning_count
            GROUP BY app_id, substr(minute, 1, 13), outcome
            """,
        ),
    ),
    Migration(
        "log/0003_tests",
        ("ALTER TABLE provisioning_log ADD COLUMN is_test INTEGER NOT NULL DEFAULT 0",),
    ),
)
