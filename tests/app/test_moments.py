import pytest

from app.moments import distance, in_utc
from tests.conftest import FakeClock


def test_a_moment_is_written_as_people_write_it() -> None:
    assert in_utc("2026-11-04T03:45:16.000000Z") == "4 Nov 2026, 03:45 UTC"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-24T12:00:00.000000Z", "just now"),
        ("2026-11-24T11:59:01.000000Z", "just now"),
        ("2026-11-24T11:59:00.000000Z", "1 minute ago"),
        ("2026-11-24T09:30:00.000000Z", "2 hours ago"),
        ("2026-11-23T12:00:00.000000Z", "1 day ago"),
        ("2027-02-22T12:00:00.000000Z", "in 90 days"),
        ("2036-11-21T12:00:00.000000Z", "in 3,650 days"),
    ],
)
def test_a_distance_is_told_in_its_largest_unit(clock: FakeClock, moment: str, words: str) -> None:
    """The clock stands at noon of 24 November 2026."""
    assert distance(moment, clock()) == words
