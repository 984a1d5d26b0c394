"""Texts in what the database writes for an answer itself: members, and the groups of users."""

import pytest

from scim.provider import GROUP, USER
from tests.contract.directories import Caller, body_of, new_user

TEXTS = {
    "quotes": "\"a\" 'b' `c`",
    "a backslash": "\\ \\\\ \\u0041 \\n",
    "braces and commas": '{"value":"x"},[1]',
    "words of the two engines": "? %s %% {} {0} $1 :x ||",
    "beyond the basic plane": "🙂\U0001d49c👩‍👩‍👧",
    "combining": "e\u0301 \u00e9",
    "control characters": "tab\tnew\nline\x01\x1f\x7f\x85",
    "line separators": "a\u2028b\u2029c",
    "noncharacters": "\ufffe\uffff\ufeff",
    "right to left": "שלום \u202eabc",
    "markup": "<script>&amp;</script>",
    "JSON words": "null",
    "a number": "007",
    "long": "ü" * 512,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_is_shown_as_it_was_sent(caller: Caller, text: str) -> None:
    ada = new_user(caller, "ada")["id"]
    entry = {"value": ada, "display": text}

    made = caller.create(GROUP, body_of(GROUP, displayName=text, members=[entry]))

    group, user = caller.get(GROUP, made["id"]), caller.get(USER, ada)
    (listed,) = caller.search(GROUP)["Resources"]
    (person,) = caller.search(USER)["Resources"]
    assert made == group == listed
    assert user == person
    assert (text, [text]) == (group["displayName"], [m["display"] for m in group["members"]])
    assert [text] == [each["display"] for each in user["groups"]]
