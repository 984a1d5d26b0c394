"""Bodies that are no JSON, no text, too large or of another media type."""

# ruff: noqa: UP031 - the braces in these texts are JSON's own

import json

from tests.conformance.bad_input.site import USER, Case, Site, create, patch, user

LIMIT = 1024 * 1024
"""Bytes a body may have (PROVISOR_MAX_BODY)."""

NO_JSON = (
    b"",
    b" ",
    b"{",
    b'{"userName": "eve"',
    b'{"userName": "eve",}',
    b"{'userName': 'eve'}",
    b'{"userName": "eve"} {}',
    b'{"schemas": [], "userName": "eve", "title": NaN}',
    b'{"schemas": [], "userName": "eve", "title": 1e999}',
    b'{"schemas": [], "userName": "eve", "title": Infinity}',
    b'{"schemas": [], "userName": "eve", "title": -Infinity}',
    b'{"schemas": [], "userName": "eve", "x": ' + b"1" * 5000 + b"}",
    b'{"userName": "\xff"}',
    b'{"userName": "eve", "title": "tab\there"}',
    b'{"userName": "\\x"}',
    "{'userName': 'eve'}".encode("utf-16"),
    b"null",
    b"true",
    b"17",
    b'"userName"',
    b"[]",
    b'[{"userName": "eve"}]',
    b"[" * 10_000,
    b"[" * 10_000 + b"]" * 10_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    b'{"userName": "eve", "x": ' + b"[" * 40 + b"]" * 40 + b"}",
    b'{"userName": "eve", "userName": "eva"}',
    b'{"userName": "eve", "name": {"givenName": "a", "givenName": "b"}}',
    b'{"userName": "eve", "emails": [{"value": "a", "value": "b"}]}',
)
"""Bodies that are no JSON object (RFC 8259), nest too deep, or say a thing twice."""


def test_a_body_that_is_no_json_object_is_refused(site: Site) -> None:
    requests = (("POST", "/Users"), ("PUT", "/Users/@user"), ("PATCH", "/Groups/@group"))

    site.refuses(
        Case(method, path, body, 400, "invalidSyntax")
        for method, path in (*requests, ("POST", "/.search"))
        for body in NO_JSON
    )


def test_a_body_over_the_limit_is_refused(site: Site) -> None:
    """RFC 7644 §3.12 has no scimType for 413."""
    too_long = json.dumps(user(title="x" * LIMIT)).encode()[: LIMIT + 1]
    assert len(too_long) == LIMIT + 1

    site.refuses(
        Case(method, path, too_long, 413, "")
        for method, path in (
            ("POST", "/Users"),
            ("PUT", "/Users/@user"),
            ("PATCH", "/Groups/@group"),
            ("POST", "/.search"),
        )
    )


def test_a_body_of_the_limit_is_read(site: Site) -> None:
    whole = json.dumps(user(externalId="")).encode()
    whole = whole.replace(
        b'"externalId": ""', b'"externalId": "' + b"x" * (LIMIT - len(whole)) + b'"'
    )
    assert len(whole) == LIMIT

    assert site.ask("strict", "POST", "/Users", whole).status == 201


def test_a_body_of_another_type_is_refused(site: Site) -> None:
    body = json.dumps(user()).encode()
    types = (
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "garbage",
    )

    site.refuses(
        Case(method, path, body, 415, "", {"Content-Type": each})
        for method, path in (
            ("POST", "/Users"),
            ("PUT", "/Users/@user"),
            ("PATCH", "/Users/@user"),
            ("POST", "/Users/.search"),
        )
        for each in types
    )


def test_a_value_that_is_no_text_is_refused(site: Site) -> None:
    """PostgreSQL holds no NUL, UTF-8 no lone surrogate; both engines refuse both."""
    bad = ("\\u0000", "a\\u0000b", "\\ud800", "\\udc00", "\\udc00\\ud800", "x\\ud83d")
    forms = (
        '{"schemas": ["%s"], "userName": "{}"}' % USER,
        '{"schemas": ["%s"], "userName": "eve", "name": {"givenName": "{}"}}' % USER,
        '{"schemas": ["%s"], "userName": "eve", "emails": [{"value": "{}"}]}' % USER,
        '{"schemas": ["%s"], "userName": "eve", "{}": 1}' % USER,
        '{"schemas": ["{}"], "userName": "eve"}',
        '{"schemas": ["%s"], "userName": "eve", "password": "{}"}' % USER,
    )

    bodies = [form.replace("{}", each).encode() for form in forms for each in bad]
    operations = [
        {"op": "add", "path": "title", "value": "\0"},
        {"op": "add", "value": {"title": "\ud800"}},
        {"op": "add", "value": {"ti\0tle": "x"}},
        {"op": "add", "path": "ti\0tle", "value": "x"},
        {"op": "\0", "path": "title", "value": "x"},
        {"op": "add", "path": 'emails[type eq "\0"].value', "value": "x"},
        {"op": "add", "path": 'emails[type eq "\\u0000"].value', "value": "x"},
        {"op": "remove", "path": 'emails[type eq "\\ud800"]'},
    ]
    site.refuses(
        [
            *(create(body, "invalidValue") for body in bodies),
            *(Case("PUT", "/Users/@user", body, 400, "invalidValue") for body in bodies),
            *(patch("/Users/@user", each, "invalidValue") for each in operations),
            patch(
                "/Groups/@group",
                {"op": "remove", "path": 'members[value eq "\\u0000"]'},
                "invalidValue",
            ),
            patch(
                "/Groups/@group",
                {"op": "add", "path": "members", "value": [{"value": "\0"}]},
                "invalidValue",
            ),
        ]
    )
