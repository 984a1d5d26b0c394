"""Of what a client wrote, only what is no data of a person is kept."""

import pytest

from app.log.redaction import redacted, shape_of_filter
from app.log.vocabulary import vocabulary_of
from scim import PROVIDER

_WORDS = vocabulary_of(PROVIDER)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ('userName eq "ada@example.com"', "userName eq ?"),
        ('USERNAME EQ "ada"', "USERNAME eq ?"),
        ("userName eq ada", "userName eq ?"),
        ("active eq true and externalId pr", "active eq ? and externalId pr"),
        ('emails[type eq "work" and value co "@x"]', "emails[type eq ? and value co ?]"),
        ('not (name.familyName sw "O\\"Ada")', "not (name.familyName sw ?)"),
        ('emails[type eq "work"].value eq "ada"', "emails[type eq ?] ? eq ?"),
        (
            'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "a"',
            "userName eq ?",
        ),
        ("ada", "?"),
        ('"ada', "?"),
        ("ada lovelace eq 1815", "? ? eq ?"),
        ("ada.lovelace pr", "? pr"),
        ("urn:ada:name.ada pr", "? pr"),
    ],
)
def test_a_filter_is_kept_by_its_shape(text: str, shape: str) -> None:
    assert shape == shape_of_filter(text, _WORDS)


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("User 'ada@example.com' not found.", "User … not found."),
        (
            "User '2819c223-7f76-453a-919d-413861904646' not found.",
            "User '2819c223-7f76-453a-919d-413861904646' not found.",
        ),
        ("'userName' is immutable", "'userName' is immutable"),
        (
            "'ada' is not declared",
            "… is not declared",
        ),
        ("'a' or 'lovelace' it's", "…"),
        ("value 'a' is not valid for attribute 'urn:x:active'", "value …"),
        ("Field required: name.givenName", "Field required: name.givenName"),
        ("Extra inputs are not permitted: ada", "Extra inputs are not permitted: …"),
        ("value is ada@example.com", "value is …"),
        ("naïve value", "… value"),
        ("Another User has this userName; its case does not tell them apart.",) * 2,
    ],
)
def test_a_sentence_loses_what_it_repeats_of_the_request(sentence: str, kept: str) -> None:
    assert kept == redacted(sentence, _WORDS)
