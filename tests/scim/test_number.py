"""Numbers in their comparison form."""

from hypothesis import given
from hypothesis import strategies as st

from scim import number

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)


@given(NUMBERS, NUMBERS)
def test_text_order_is_number_order(one: float, other: float) -> None:
    texts = number.to_text(one), number.to_text(other)

    assert (one < other, one == other) == (texts[0] < texts[1], texts[0] == texts[1])


def test_numbers_of_every_size_are_in_order() -> None:
    sizes = [10**4000, 10**308, 2**63, 12.5, 12, 10, 2, 1.0000001, 1, 0.1, 5e-324]
    falling = [*sizes, 0, *(-each for each in reversed(sizes))]

    texts = [number.to_text(each) for each in falling]

    assert sorted(texts, reverse=True) == texts
    assert len(texts) == len(set(texts))


def test_one_number_has_one_text() -> None:
    assert {number.to_text(each) for each in (100, 100.0, 1e2)} == {number.to_text(100)}
    assert number.to_text(0) == number.to_text(-0.0)
