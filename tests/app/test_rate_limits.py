"""Rate limits: the budgets of tokens and addresses, on a clock that stands still."""

import resource
from pathlib import Path

import pytest

from app import Assembly, Settings, assemble, create_app
from app.audit import CLI
from app.client_apps import ClientApp
from app.rate_limits import RateLimits, TooManyRequests, shared_memory
from tests.app.console_browser import new_app
from tests.app.provider import Provider, assert_scim_error
from tests.conftest import FakeClock

_SIZE = 65536 * 16
_TOKEN, _OTHER = "ab" * 32, "cd" * 32


class Ticks:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def limits(ticks: Ticks) -> RateLimits:
    """Ten requests a second."""
    return RateLimits(10, bytearray(_SIZE), ticks)


def passed(limits: RateLimits, token: str, count: int) -> int:
    """Return how many of some requests with a token are let through."""
    through = 0
    for _ in range(count):
        try:
            limits.spend_on_token(token)
        except TooManyRequests:
            continue
        through += 1
    return through


def test_a_second_is_worth_its_rate_and_no_more(limits: RateLimits, ticks: Ticks) -> None:
    assert 10 == passed(limits, _TOKEN, 100)
    for _ in range(50):
        ticks.now += 0.5
        assert 5 == passed(limits, _TOKEN, 100)
    ticks.now += 3600
    assert 10 == passed(limits, _TOKEN, 100)


def test_what_is_told_to_wait_is_let_through_after_that(limits: RateLimits, ticks: Ticks) -> None:
    passed(limits, _TOKEN, 10)

    with pytest.raises(TooManyRequests) as refused:
        limits.spend_on_token(_TOKEN)
    assert 1 == refused.value.retry_after
    ticks.now += refused.value.retry_after

    assert passed(limits, _TOKEN, 1)


def test_no_token_spends_the_budget_of_another(limits: RateLimits) -> None:
    passed(limits, _TOKEN, 1000)

    assert 10 == passed(limits, _OTHER, 1000)


def test_a_rate_of_one_lets_one_through(ticks: Ticks) -> None:
    limits = RateLimits(1, bytearray(_SIZE), ticks)

    assert [1, 0] == [passed(limits, _TOKEN, 1), passed(limits, _TOKEN, 5)]
    ticks.now += 1
    assert 1 == passed(limits, _TOKEN, 5)


def test_a_rate_of_nothing_lets_everything_through(ticks: Ticks) -> None:
    limits = RateLimits(0, bytearray(), ticks)

    assert 1000 == passed(limits, _TOKEN, 1000)
    limits.spend_on_failure("192.0.2.1")
    limits.check_address("192.0.2.1")


def test_workers_share_the_budgets(tmp_path: Path, ticks: Ticks) -> None:
    first, second = (RateLimits(10, shared_memory(tmp_path), ticks) for _ in range(2))

    assert [6, 4] == [passed(first, _TOKEN, 6), passed(second, _TOKEN, 6)]


def test_the_budgets_need_no_more_room_on_the_disk_than_they_were_given(tmp_path: Path) -> None:
    """A disk that is full later would end the worker that writes (SIGBUS)."""
    shared_memory(tmp_path)

    assert (tmp_path / "rate-limits").stat().st_blocks * 512 >= _SIZE


def test_without_room_on_the_disk_a_worker_has_budgets_of_its_own(
    tmp_path: Path, ticks: Ticks
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        limits = RateLimits(10, shared_memory(tmp_path), ticks)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert 10 == passed(limits, _TOKEN, 100)


def test_what_an_earlier_start_of_the_machine_left_holds_nobody_up(
    limits: RateLimits, ticks: Ticks
) -> None:
    """The seconds it counts begin anew when a machine starts; the file stays."""
    passed(limits, _TOKEN, 100)

    ticks.now = 5.0

    assert 10 == passed(limits, _TOKEN, 100)


def test_more_tokens_than_there_is_room_for_are_still_let_in(
    limits: RateLimits, ticks: Ticks
) -> None:
    crowd = [f"{number:016x}{'0' * 48}" for number in range(0, 65536 * 12, 65536)]

    for token in crowd:
        assert passed(limits, token, 5) > 0
    ticks.now += 2
    assert 10 == passed(limits, crowd[0], 100)


def test_an_address_fails_only_so_often_and_a_site_is_one_address(
    limits: RateLimits, ticks: Ticks
) -> None:
    for number in range(30):
        limits.spend_on_failure(f"2001:db8:1:2::{number}")

    with pytest.raises(TooManyRequests):
        limits.check_address("2001:db8:1:2::ffff")
    limits.check_address("2001:db8:1:3::1")
    limits.check_address("192.0.2.1")
    ticks.now += 1.2
    limits.check_address("2001:db8:1:2::ffff")


@pytest.mark.parametrize(
    ("addresses", "same"),
    [
        ("2001:db8::{}:2:3:4", "2001:db8:0:0:9:9:9:9"),  # as short as it is written (RFC 5952)
        ("2001:db8:1::{}", "2001:db8:1:0:9:9:9:9"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_however_an_address_is_written_it_is_of_its_site(
    limits: RateLimits, addresses: str, same: str
) -> None:
    for number in range(30):
        limits.spend_on_failure(addresses.format(number))

    with pytest.raises(TooManyRequests):
        limits.check_address(same)
    limits.check_address("2001:db8:0:1::1")


@pytest.fixture
def hurried(tmp_path: Path, clock: FakeClock) -> Assembly:
    return assemble(Settings(instance=tmp_path / "hurried", rate_limit=5), clock)


def provider_of(assembly: Assembly, app: ClientApp) -> Provider:
    token = assembly.tokens.issue(app.id, CLI).text
    return Provider(create_app(assembly).test_client(), token)


def test_too_many_requests_are_told_in_scim_when_to_come_again(hurried: Assembly) -> None:
    hot, calm = (provider_of(hurried, new_app(hurried, name)) for name in ("Hot", "Calm"))

    answers = [hot.ask("GET", "/Users") for _ in range(50)]

    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert_scim_error(refused[0], 429)
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 2
    assert "WWW-Authenticate" not in refused[0].headers
    assert 200 == calm.ask("GET", "/Users").status_code
    hurried.close()


def test_who_guesses_tokens_is_slowed_down_and_holds_up_no_verified_one(
    hurried: Assembly,
) -> None:
    provider = provider_of(hurried, new_app(hurried, "HR sync"))
    assert 200 == provider.ask("GET", "/Users").status_code
    guesser = Provider(create_app(hurried).test_client(), "a.b.c")

    statuses = [guesser.ask("GET", "/Users").status_code for _ in range(50)]

    assert {401, 429} == set(statuses)
    assert statuses[:5] == [401] * 5
    assert 200 == provider.ask("GET", "/Users").status_code
    hurried.close()
