"""A token has one spelling: no other way to write a live one is let in."""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from app import Assembly
from app.audit import CLI
from tests.app.console_browser import new_app
from tests.sizes import size
from tests.tokens.mutations import mutations_of
from tests.tokens.trying import refusal


@pytest.mark.sized
def test_no_other_spelling_of_a_live_token_is_let_in(
    assembly: Assembly, figure: Callable[[str], None]
) -> None:
    token = assembly.tokens.issue(new_app(assembly).id, CLI).text
    assert "" == refusal(assembly, token)
    count = size(2_000, 10_000)
    let_in: Counter[str] = Counter()

    for name, text in mutations_of(token, count, Random(1)):  # noqa: S311 - the same in every run
        let_in[name] += refusal(assembly, text) != "The token is not valid."

    assert {} == dict(+let_in)
    assert len(let_in) > 15
    assert "" == refusal(assembly, token)
    figure(f"one spelling: {count} mutations of a live token, 0 accepted")
