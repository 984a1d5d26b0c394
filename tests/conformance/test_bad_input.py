"""What no client should send: always a SCIM Error, never a change, the same on every engine.

Every case names its status, so that both engines are held to one answer.
"""

# ruff: noqa: UP031 - the braces in these texts are JSON's own

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from scim.provider import KINDS, Kind
from scim.shapes import Shape, shape_of
from tests.served import Answer, ServedProvisor

PREFIX = "/scim/v2"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
NOBODY = "00000000-0000-4000-8000-000000000000"
LIMIT = 1024 * 1024
"""Bytes a body may have (PROVISOR_MAX_BODY)."""


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and the error that answers it."""

    method: str
    path: str
    body: object = None
    status: int = 400
    scim_type: str | None = None
    """The ``scimType`` of RFC 7644 §3.12; None where any will do."""

    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """A served Provisor with one user and one group, and clients of both profiles."""

    def __init__(self, provisor: ServedProvisor) -> None:
        self.provisor = provisor
        self.tokens = {
            profile: provisor.new_token("--profile", profile) for profile in ("strict", "tolerant")
        }
        self.user = self.group = ""
        self.user = self.made("Users", {"schemas": [USER], "userName": "Ada", "title": "Countess"})
        entries = [{"value": self.user}]
        body = {"schemas": [GROUP], "displayName": "Crew", "members": entries}
        self.group = self.made("Groups", body)
        self.before = self.everything()

    def made(self, endpoint: str, body: dict[str, Any]) -> str:
        """Make a resource and return its id."""
        id_: str = self.ask("strict", "POST", f"/{endpoint}", body).body["id"]
        return id_

    def ask(
        self,
        profile: str,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request below the prefix; ``@user`` and ``@group`` stand for their ids."""
        path = path.replace("@user", self.user).replace("@group", self.group)
        return self.provisor.ask(method, PREFIX + path, self.tokens[profile], body, headers)

    def everything(self) -> dict[str, Any]:
        """Return every user and group as they are."""
        listed: dict[str, Any] = self.ask("strict", "POST", "/.search", {}).body
        return listed

    def refuses(self, cases: Iterable[Case], *profiles: str) -> None:
        """Send every case for every profile, and hold the answers to what they name."""
        wrong = []
        for case in cases:
            for profile in profiles or self.tokens:
                fault = self._fault(profile, case)
                if fault:
                    path, body = repr(case.path)[:90], repr(case.body)[:90]
                    wrong.append(f"{profile} {case.method} {path} {body}: {fault}")
        assert not wrong, "\n".join(wrong)
        assert self.before == self.everything()
        log = self.provisor.log()
        assert "Traceback" not in log, log
        assert "failed" not in log, log

    def _fault(self, profile: str, case: Case) -> str:
        """Return what is wrong with the answer to a case, or nothing."""
        answer = self.ask(profile, case.method, case.path, case.body, case.headers)
        if answer.status != case.status or not _is_error(answer):
            return f"{answer.status} {answer.headers.get('content-type')} {answer.text[:300]}"
        scim_type = answer.body.get("scimType")
        if case.scim_type is not None and scim_type != (case.scim_type or None):
            return f"scimType {scim_type}, not {case.scim_type}"
        return ""


def _is_error(answer: Answer) -> bool:
    """Whether an answer is a SCIM Error that tells nothing of the server's inside."""
    error = answer.body
    return bool(
        answer.headers["content-type"] == "application/scim+json"
        and [ERROR] == error["schemas"]
        and str(answer.status) == error["status"]
        and isinstance(error["detail"], str)
        and error["detail"]
        and set(error) <= {"schemas", "status", "detail", "scimType"}
        and not any(word in answer.text for word in ("Traceback", 'File \\"', "psycopg", "sqlite"))
    )


@pytest.fixture
def site(served: ServedProvisor) -> Site:
    return Site(served)


def get(path: str, scim_type: str | None, status: int = 400) -> Case:
    return Case("GET", path, None, status, scim_type)


def create(body: object, scim_type: str | None, status: int = 400) -> Case:
    return Case("POST", "/Users", body, status, scim_type)


def patch(path: str, operation: object, scim_type: str | None, status: int = 400) -> Case:
    return Case("PATCH", path, {"schemas": [PATCH], "Operations": [operation]}, status, scim_type)


def user(**attributes: object) -> dict[str, object]:
    return {"schemas": [USER], "userName": "eve", **attributes}


# --- bodies ----------------------------------------------------------------------------------

NO_JSON = (
    b"",
    b" ",
    b"{",
    b'{"userName": "eve"',
    b'{"userName": "eve",}',
    b"{'userName': 'eve'}",
    b'{"userName": "eve"} {}',
    b'{"schemas": [], "userName": "eve", "title": NaN}',
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


# --- types -----------------------------------------------------------------------------------


def test_a_value_of_another_type_is_refused_in_every_attribute(site: Site) -> None:
    cases = [
        *(create(user(**attribute), None) for attribute in _mistyped(KINDS["User"])),
        *(
            Case("POST", "/Groups", {"schemas": [GROUP], "displayName": "x", **attribute})
            for attribute in _mistyped(KINDS["Group"])
        ),
    ]

    site.refuses(cases, "strict")


def test_a_value_of_another_type_is_refused_in_every_patch(site: Site) -> None:
    cases = [
        patch("/Users/@user", {"op": "replace", "value": attribute}, None)
        for attribute in _mistyped(KINDS["User"])
    ]

    site.refuses(cases, "strict")


def _mistyped(kind: Kind) -> Iterable[dict[str, object]]:
    """Return every attribute a client may write, with values that it cannot have."""
    for shape in shape_of(kind.model).parts.values():
        if not shape.read_only and shape.name != "schemas":
            yield from ({shape.name: value} for value in _bad_values(shape))


def _bad_values(shape: Shape) -> Iterable[object]:
    if shape.multivalued:
        yield from ("text", 1, True, {"value": "x"} if not shape.parts else "x", ["x"], [1])
        for part in shape.parts.values():
            if not part.read_only:
                yield from ([{part.name: value}] for value in _bad_values(part))
    elif shape.parts:
        yield from ("text", 1, True, ["x"])
        for part in shape.parts.values():
            if not part.read_only:
                yield from ({part.name: value} for value in _bad_values(part))
    elif shape.type == "boolean":
        yield from ("perhaps", 2, 1.5, [True], {"value": True})
    else:
        yield from (1, 1.5, True, ["x"], {"value": "x"})


@pytest.mark.parametrize("profile", ["strict", "tolerant"])
def test_types_that_no_profile_can_read_are_refused(site: Site, profile: str) -> None:
    bad: tuple[dict[str, object], ...] = (
        {"userName": None},
        {"userName": 1},
        {"userName": True},
        {"userName": ["a", "b"]},
        {"userName": {"a": "b"}},
        {"userName": ""},
        {"userName": "x" * 10_000},
        {"active": "perhaps"},
        {"active": 2},
        {"active": [True, False]},
        {"title": 1e999},
        {"name": 1},
        {"name": "text"},
        {"name": {"givenName": {"a": 1}}},
        {"emails": 1},
        {"emails": [1]},
        {"emails": [{"value": 1}]},
        {"emails": [{"value": "x", "primary": "perhaps"}]},
        {"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]},
        {"x509Certificates": [{"value": "?"}]},
        {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": "text"},
        {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": 1}},
    )

    bodies = [json.dumps(user(**each)).replace("Infinity", "1e999").encode() for each in bad]
    site.refuses((create(body, "invalidValue") for body in bodies), profile)


# --- queries ---------------------------------------------------------------------------------

BAD_FILTERS = (
    "userName",
    "userName eq",
    "eq",
    'eq "x"',
    'userName xx "y"',
    'userName eq "x" and',
    'userName eq "x" userName eq "y"',
    "(",
    "(((",
    '(userName eq "x"',
    'userName eq "x")',
    'not userName eq "x"',
    'userName eq "x',
    'userName eq "\\x"',
    'emails[type eq "x"',
    'emails[type eq "x" and emails[type eq "y"]]',
    "emails[]",
    'userName[value eq "x"]',
    'active gt "true"',
    "active gt true",
    'active eq "perhaps"',
    'meta.created eq "yesterday"',
    'meta.created gt "2026-13-01T00:00:00Z"',
    'unheardOf eq "x"',
    'emails.unheardOf eq "x"',
    'emails[unheardOf eq "x"]',
    'urn:example:User:userName eq "x"',
    'password eq "x"',
    'a.b.c eq "x"',
    "not (" * 40 + "userName pr" + ")" * 40,
    " or ".join(["userName pr"] * 101),
    "; DROP TABLE resource",
    "userName pr; DROP TABLE resource",
    "\ufffd",
    "%",
    "x" * 5000,
)
"""Filters that cannot be read, or name what users do not have."""

BAD_FILTERS_WHERE_STRICT = (
    "userName eq jyoung",
    "userName eq 'x'",
    "userName eq 5",
    "userName eq NaN",
    "userName eq 1e999",
    "userName eq " + "1" * 5000,
)


def test_a_filter_that_cannot_be_read_is_refused(site: Site) -> None:
    site.refuses(get(f"/Users?filter={quote(each)}", "invalidFilter") for each in BAD_FILTERS)
    site.refuses(
        Case("POST", "/Users/.search", {"filter": each}, 400, "invalidFilter")
        for each in BAD_FILTERS
    )
    site.refuses(
        (get(f"/Users?filter={quote(each)}", "invalidFilter") for each in BAD_FILTERS_WHERE_STRICT),
        "strict",
    )


def test_a_query_that_is_no_text_is_refused(site: Site) -> None:
    bad = ('"\\u0000"', '"\\ud800"', '"\0"', '"x\\u0000y"')
    filters = [form.format(each) for each in bad for form in ("title eq {}", "emails[type eq {}]")]

    site.refuses(
        [
            *(get(f"/Users?filter={quote(each)}", "invalidValue") for each in filters),
            *(Case("POST", "/.search", {"filter": each}, 400, "invalidValue") for each in filters),
            get("/Users?filter=%00", "invalidValue"),
            get("/Users?sortBy=%00", "invalidValue"),
            get("/Users?sortBy=title%00", "invalidValue"),
            get("/Users?sortBy=%ff", None),
            get("/Users?filter=%ff", None),
            Case("POST", "/.search", {"sortBy": "\ud800"}, 400, "invalidValue"),
        ]
    )


def test_a_query_with_a_bad_parameter_is_refused(site: Site) -> None:
    numbers = ("x", "1.5", "1e3", "true", "0x10", "--1", "1 2", "1" * 5000)
    bad: list[dict[str, object]] = [
        {"count": True},
        {"count": 1.5},
        {"count": [1]},
        {"startIndex": {}},
        {"startIndex": "one"},
        {"filter": 1},
        {"filter": ["userName pr"]},
        {"sortBy": 1},
        {"sortOrder": 1},
        {"sortOrder": "up"},
        {"attributes": 1},
        {"attributes": [1]},
        {"attributes": {"a": 1}},
        {"excludedAttributes": True},
        {"attributes": ["userName"], "excludedAttributes": ["title"]},
    ]

    site.refuses(
        [
            *(get(f"/Users?count={quote(each)}", "invalidValue") for each in numbers),
            *(get(f"/Users?startIndex={quote(each)}", "invalidValue") for each in numbers),
            get("/Users?sortOrder=up", "invalidValue"),
            get("/Users?attributes=userName&excludedAttributes=title", "invalidValue"),
            get("/Users/@user?attributes=userName&excludedAttributes=title", "invalidValue"),
            *(
                get(f"/Users?sortBy={quote(each)}", "invalidPath")
                for each in (
                    "unheardOf",
                    "name",
                    "password",
                    "a[",
                    "x509Certificates.value",
                    "a.b.c",
                )
            ),
            get("/Users?sortBy=emails%5Btype%20eq%20%22work%22%5D", "invalidPath"),
            *(Case("POST", "/Users/.search", each, 400, "invalidValue") for each in bad),
        ]
    )


# --- patches ---------------------------------------------------------------------------------


def test_a_patch_that_cannot_be_read_is_refused(site: Site) -> None:
    paths = (
        ("unheardOf[", "invalidPath"),
        ("emails[type eq", "invalidPath"),
        ('emails[type eq "work"', "invalidPath"),
        ("name.", "invalidPath"),
        (".name", "invalidPath"),
        ("a.b.c", "invalidPath"),
        ("title title", "invalidPath"),
        ("[", "invalidPath"),
        ("x" * 10_000 + "[", "invalidPath"),
        ("not (" * 40 + "title pr" + ")" * 40, "invalidPath"),
    )

    site.refuses(
        [
            *(
                patch("/Users/@user", {"op": op, "path": path, "value": "x"}, scim_type)
                for path, scim_type in paths
                for op in ("add", "replace")
            ),
            *(
                patch("/Users/@user", {"op": "remove", "path": path}, scim_type)
                for path, scim_type in paths
            ),
            patch("/Users/@user", {"op": "remove"}, "noTarget"),
            patch("/Users/@user", {"op": "remove", "path": ""}, None),
            patch("/Users/@user", {"op": "remove", "path": "userName"}, None),
            patch("/Groups/@group", {"op": "remove", "path": "displayName"}, None),
            patch(
                "/Users/@user", {"op": "replace", "path": "userName", "value": "x" * 10_000}, None
            ),
            patch("/Users/@user", {"op": "replace", "path": "id", "value": "x"}, "mutability"),
            patch("/Users/@user", {"op": "replace", "path": 1, "value": "x"}, None),
            patch("/Users/@user", {"op": "replace", "path": ["title"], "value": "x"}, None),
            patch("/Users/@user", {"op": "replace", "path": "title", "value": 1}, None),
            patch("/Users/@user", {"op": "replace", "path": "title", "value": {"a": 1}}, None),
            patch("/Users/@user", {"op": "replace", "path": "active", "value": "perhaps"}, None),
            patch("/Users/@user", {"op": "replace", "path": "emails", "value": [1]}, None),
            patch("/Users/@user", {"op": "replace", "value": "x"}, None),
            patch("/Users/@user", {"op": "replace", "value": 1}, None),
            patch("/Users/@user", {"op": "replace", "value": ["title"]}, None),
            patch("/Groups/@group", {"op": "add", "path": "members", "value": "x"}, None),
            patch("/Groups/@group", {"op": "add", "path": "members", "value": [1]}, None),
            patch("/Groups/@group", {"op": "add", "path": "members", "value": [{}]}, None),
            patch(
                "/Groups/@group",
                {"op": "add", "path": "members", "value": [{"value": NOBODY}]},
                "invalidValue",
            ),
        ]
    )


def test_operations_that_are_none_are_refused(site: Site) -> None:
    """An unknown ``op`` and no operations are both against the schema of PatchOp (§3.5.2)."""
    operations: tuple[object, ...] = (
        None,
        [],
        {},
        "x",
        1,
        [None],
        ["x"],
        [[]],
        [{}],
        [{"path": "title", "value": "x"}],
        [{"op": "unheardOf", "path": "title", "value": "x"}],
        [{"op": "", "path": "title", "value": "x"}],
        [{"op": None, "path": "title", "value": "x"}],
        [{"op": 1, "path": "title", "value": "x"}],
        [{"op": ["add"], "path": "title", "value": "x"}],
    )

    site.refuses(
        [
            *(
                Case("PATCH", path, {"schemas": [PATCH], "Operations": each})
                for each in operations
                for path in ("/Users/@user", "/Groups/@group")
            ),
            Case("PATCH", "/Users/@user", {"schemas": [PATCH]}),
            Case("PATCH", "/Users/@user", {}),
            Case("PATCH", "/Users/@user", user()),
        ]
    )


# --- addresses -------------------------------------------------------------------------------


def test_what_is_not_there_is_not_found(site: Site) -> None:
    ids = (
        NOBODY,
        "x",
        "%00",
        "a%00b",
        "%ff",
        "%ED%A0%80",
        "x" * 5000,
        "..%2fUsers",
        "@group",
        "%27%20OR%201%3D1--",
        NOBODY.upper(),
    )
    change = {"schemas": [PATCH], "Operations": [{"op": "remove", "path": "title"}]}

    site.refuses(
        [
            *(get(f"/Users/{each}", "", 404) for each in ids),
            *(Case("PUT", f"/Users/{each}", user(), 404, "") for each in ids),
            *(Case("PATCH", f"/Users/{each}", change, 404, "") for each in ids),
            *(Case("DELETE", f"/Users/{each}", None, 404, "") for each in ids),
            *(get(f"/Groups/{each}", "", 404) for each in (NOBODY, "@user", "%00")),
            *(
                get(path, "", 404)
                for path in (
                    "",
                    "/",
                    "/Unheard",
                    "/Users/@user/title",
                    "/Users/@user/x/y",
                    "/Schemas/unheard",
                    "/Schemas/%00",
                    "/ResourceTypes/unheard",
                    "/%00",
                    "/.",
                    "/%ff",
                )
            ),
            Case("POST", "/Unheard", user(), 404, ""),
        ]
    )


ALLOWED = {
    "/Users": "GET, HEAD, OPTIONS, POST",
    "/Groups": "GET, HEAD, OPTIONS, POST",
    "/Users/@user": "DELETE, GET, HEAD, OPTIONS, PATCH, PUT",
    "/.search": "OPTIONS, POST",
    "/ServiceProviderConfig": "GET, HEAD, OPTIONS",
    "/Schemas": "GET, HEAD, OPTIONS",
    "/ResourceTypes/User": "GET, HEAD, OPTIONS",
}


def test_a_method_that_is_not_allowed_says_which_are(site: Site) -> None:
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE")

    for path, allowed in ALLOWED.items():
        for method in methods:
            if method not in allowed:
                body = user() if method in ("POST", "PUT", "PATCH") else None
                site.refuses([Case(method, path, body, 405, "")])
                assert site.ask("strict", method, path, body).headers["allow"] == allowed


def test_options_names_the_methods_and_head_answers_without_a_body(site: Site) -> None:
    for path, allowed in ALLOWED.items():
        options = site.ask("strict", "OPTIONS", path)
        assert (200, "") == (options.status, options.text), path
        assert allowed.split(", ") == sorted(options.headers["allow"].split(", ")), path
        if "HEAD" in allowed:
            head, whole = (site.ask("strict", method, path) for method in ("HEAD", "GET"))
            assert (200, "") == (head.status, head.text), path
            assert whole.headers["content-type"] == head.headers["content-type"], path
            assert whole.headers.get("etag") == head.headers.get("etag"), path
    assert site.ask("strict", "HEAD", f"/Users/{NOBODY}").status == 404


# --- conflicts and demands -------------------------------------------------------------------


def test_a_name_that_is_taken_is_refused_in_any_case(site: Site) -> None:
    other = site.made("Users", {"schemas": [USER], "userName": "Bob"})

    taken = [
        create(user(userName=name), "uniqueness", 409) for name in ("Ada", "ADA", "ada", "aDa")
    ]
    renamed = [
        Case("PUT", f"/Users/{other}", user(userName="ADA"), 409, "uniqueness"),
        patch(
            f"/Users/{other}",
            {"op": "replace", "path": "userName", "value": "ADA"},
            "uniqueness",
            409,
        ),
        patch(
            f"/Users/{other}", {"op": "replace", "value": {"userName": "aDA"}}, "uniqueness", 409
        ),
        Case("POST", "/Groups", {"schemas": [GROUP], "displayName": "CREW"}, 409, "uniqueness"),
    ]

    site.before = site.everything()
    site.refuses([*taken, *renamed])


def test_garbage_that_demands_a_version_is_demanding_another_one(site: Site) -> None:
    garbage = ("garbage", '"', 'W/"', "1", "W/1", '"*"', "'1'", "\xff", "x" * 5000, '"2"', 'W/"0"')
    change = {
        "schemas": [PATCH],
        "Operations": [{"op": "replace", "path": "title", "value": "x"}],
    }

    site.refuses(
        Case(method, "/Users/@user", body, 412, "", {"If-Match": each})
        for each in garbage
        for method, body in (("PUT", user()), ("PATCH", change), ("DELETE", None))
    )
    for each in garbage:
        answer = site.ask("strict", "GET", "/Users/@user", headers={"If-None-Match": each})
        assert answer.status == 200, each


def test_who_sends_no_usable_token_meets_a_scim_error(site: Site) -> None:
    bad = (None, "", "x", "x.y.z", "\xff", "x" * 5000, f"{site.tokens['strict']}x")

    for token in bad:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = site.provisor.ask("GET", f"{PREFIX}/Users", headers=headers)
        assert (401, True) == (answer.status, _is_error(answer)), token
        assert answer.headers["www-authenticate"].startswith("Bearer"), token
