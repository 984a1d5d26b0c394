"""Texts in what the database writes for an answer itself: members, groups of users, and pages."""

import json

import pytest

from scim import PROVIDER
from scim.limits import Limits
from scim.provider import GROUP, USER, standard_provider
from scim.query.search import Query
from scim.rendering import View
from scim.showing import Showing
from scim.storage import Database
from tests.contract.directories import BASE_URL, Caller, body_of, new_user

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


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_page_shows_a_resource_letter_by_letter_as_it_is_read_alone(
    caller: Caller, text: str
) -> None:
    """The one is written by the database, the other here."""
    names = ("first", "ada", "grace")
    ids = [
        new_user(caller, name, displayName=text, name={"formatted": text}, title=text)["id"]
        for name in names
    ]
    members = [{"value": each} for each in ids[1:]]
    caller.create(GROUP, body_of(GROUP, displayName=f"{text[:500]} 1", members=members))
    caller.create(GROUP, body_of(GROUP, displayName=f"{text[:500]} 2", members=members[1:]))
    view, directory = View(BASE_URL), caller.directory

    alone = [b"".join(directory.get(USER, id_, caller.client, view).parts) for id_ in ids]
    queries = (
        Query(),
        Query(start_index=2),
        Query(start_index=2, count=1),
        Query('userName eq "ada"'),
    )
    pages = [directory.search((USER,), query, caller.client, view) for query in queries]

    assert text == json.loads(alone[0])["title"]
    assert [0, 1, 2] == [len(json.loads(each)["groups"]) for each in alone]
    for page, shown in zip(pages, (alone, alone[1:], alone[1:2], alone[1:2]), strict=True):
        assert page.endswith(b'"Resources":[' + b",".join(shown) + b"]}")


def test_the_database_writes_no_page_that_could_be_longer_than_its_texts(
    database: Database,
) -> None:
    """Both engines refuse a text of a gigabyte, and somebody may take larger bodies."""
    large = standard_provider(Limits(body=8 << 20))
    view = View("https://example.com/scim/v2")

    assert Showing(PROVIDER, database.words).body((USER,), view)
    assert Showing(large, database.words).body((USER,), view) is None
