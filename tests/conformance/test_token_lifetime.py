"""The sliding window of a token, lived through by a served Provisor with a moved clock."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scim.instant import from_text
from tests.conftest import skip
from tests.served import ServedProvisor

_LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


class TravellingProvisor:
    """A served Provisor and the day its clock shows, counted from its start."""

    def __init__(self, instance: Path, database_url: str) -> None:
        self._day = instance.parent / "day"
        self.travel_to(0)
        self.provisor = ServedProvisor(
            instance,
            database_url,
            LD_PRELOAD=str(_LIBRARIES[0]),
            FAKETIME_TIMESTAMP_FILE=str(self._day),
            FAKETIME_NO_CACHE="1",
            FAKETIME_DONT_FAKE_MONOTONIC="1",
        )

    def travel_to(self, day: int, minutes: int = 0) -> None:
        """Set the clock to a day after the start."""
        self._day.write_text(f"+{day * 24 * 60 + minutes}m")


@pytest.fixture
def travelling(tmp_path: Path, database_where: str | Path) -> Iterator[TravellingProvisor]:
    if not _LIBRARIES:
        skip("libfaketime is not installed")
    url = database_where if isinstance(database_where, str) else ""
    travelling = TravellingProvisor(tmp_path / "instance", url)
    travelling.provisor.start()
    yield travelling
    travelling.provisor.stop()  # not always with 0: under libfaketime, time.sleep fails in granian


def test_use_keeps_a_token_alive_and_91_idle_days_end_it(
    travelling: TravellingProvisor, figure: Callable[[str], None]
) -> None:
    provisor = travelling.provisor
    app_id = provisor.printed("app", "create", "Travelling", "--enable-scim")
    token = provisor.printed("token", "issue", app_id)
    issued = datetime.now(UTC)

    for day in (89, 178, 267):
        travelling.travel_to(day)
        assert provisor.ask("GET", "/scim/v2/Users", token).status == 200
    travelling.travel_to(267 + 91)
    answer = provisor.ask("GET", "/scim/v2/Users", token)
    next_token = provisor.printed("token", "issue", app_id)

    told = answer.body["detail"]
    expired = re.fullmatch(
        r"The token expired on (\S+) because it had not been used for 90 days\.", told
    )
    assert expired is not None, told
    last_end = issued + timedelta(days=267 + 90, hours=1)
    assert abs(from_text(expired[1]) - last_end) < timedelta(minutes=10)
    assert answer.status == 401
    assert "401" == answer.body["status"]
    challenge = f'Bearer error="invalid_token", error_description="{told}"'
    assert challenge == answer.headers["www-authenticate"]
    assert provisor.ask("GET", "/scim/v2/Users", next_token).status == 200
    figure("a served token: alive on days 89, 178 and 267 of use, dead after 91 idle days")


def test_1000_uses_in_an_hour_write_the_row_at_most_twice(travelling: TravellingProvisor) -> None:
    provisor = travelling.provisor
    app_id = provisor.printed("app", "create", "Busy", "--enable-scim")
    token = provisor.printed("token", "issue", app_id)

    statuses = set()
    for use in range(1000):
        travelling.travel_to(0, minutes=use * 60 // 1000)
        statuses.add(provisor.ask("GET", "/scim/v2/Users?count=0", token).status)

    (row,) = json.loads(provisor.printed("token", "list", app_id, "--json"))
    assert {200} == statuses
    assert row["renew_count"] <= 2
