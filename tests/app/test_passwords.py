"""Which passwords are accepted (NIST SP 800-63B-4 §3.1.1.2)."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from app.admins import InvalidAdmin, passwords
from app.admins.errors import SignInBusy
from app.admins.passwords import (
    SHORTEST_BESIDE_FACTOR,
    check_password,
    hash_password,
    matches,
)
from tests.sizes import size

EMAIL = "ada.lovelace@example.com"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "x" * 15,
        "x" * 128,
        "пароль на пятнадцать",
        "🐎" * 15,
        "               ",
        "provisor is my provisor",
    ],
)
def test_length_is_all_that_counts(password: str) -> None:
    check_password(password, EMAIL)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "at least 15"),
        ("x" * 14, "at least 15"),
        ("🐎" * 14, "at least 15"),
        ("e\u0301" * 14, "at least 15"),
        ("x" * 129, "at most 128"),
        ("1qaz2wsx3edc4rfv", "commonest"),
        ("1QAZ2WSX3edc4rfv", "commonest"),
        ("ADA.Lovelace@example.com", "e-mail address"),
        ("ada.lovelace123", "e-mail address"),
        ("provisorProvisor", "product"),
        ("Provisorprovisor!1", "product"),
    ],
)
def test_what_is_short_or_tried_first_is_refused(password: str, problem: str) -> None:
    with pytest.raises(InvalidAdmin, match=problem):
        check_password(password, EMAIL)


@pytest.mark.parametrize("password", ["password", "Password1", "iloveyou", "trustno1"])
def test_beside_a_second_factor_the_commonest_are_refused_still(password: str) -> None:
    check_password("xkcd 936", EMAIL, shortest=SHORTEST_BESIDE_FACTOR)

    with pytest.raises(InvalidAdmin, match="commonest"):
        check_password(password, EMAIL, shortest=SHORTEST_BESIDE_FACTOR)


_CROWD = """
import resource, sys, threading
from app.admins.passwords import NOBODY, matches
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
guests = [threading.Thread(target=matches, args=(NOBODY, "guess")) for _ in range(int(sys.argv[1]))]
for guest in guests: guest.start()
for guest in guests: guest.join()
print((peak() - before) // 1024)
"""


@pytest.mark.sized
def test_a_crowd_at_the_sign_in_claims_the_memory_of_a_few(figure: Callable[[str], None]) -> None:
    """Each hash takes 64 MiB: a crowd of fifty would take 3 GiB."""
    crowd = size(10, 50)

    done = subprocess.run(
        [sys.executable, "-c", _CROWD, str(crowd)], capture_output=True, text=True, check=True
    )

    grown = int(done.stdout)
    figure(f"{crowd} sign-ins at once: {grown} MiB")
    assert grown < 200


def test_who_waits_too_long_for_their_turn_is_told() -> None:
    with ExitStack() as turns:
        for _ in range(passwords.AT_A_TIME):
            turns.enter_context(passwords.turn())

        with pytest.raises(SignInBusy), passwords.turn(patience=0.01):
            pytest.fail("it hashes beside the others")

    assert matches(hash_password("correct horse battery"), "correct horse battery")
