"""Filters, sort keys and pages that cannot be read."""

from urllib.parse import quote

from tests.conformance.bad_input.site import SEARCH, Case, Site, get

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
        Case("POST", "/Users/.search", {"schemas": [SEARCH], "filter": each}, 400, "invalidFilter")
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
            *(
                Case("POST", "/.search", {"schemas": [SEARCH], "filter": each}, 400, "invalidValue")
                for each in filters
            ),
            get("/Users?filter=%00", "invalidValue"),
            get("/Users?sortBy=%00", "invalidValue"),
            get("/Users?attributes=title%00", "invalidValue"),
            get("/Users/@user?excludedAttributes=%00", "invalidValue"),
            get("/Users?sortBy=title%00", "invalidValue"),
            get("/Users?sortBy=%ff", None),
            get("/Users?filter=%ff", None),
            Case(
                "POST", "/.search", {"schemas": [SEARCH], "sortBy": "\ud800"}, 400, "invalidValue"
            ),
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
            *(
                Case("POST", "/Users/.search", {"schemas": [SEARCH], **each}, 400, "invalidValue")
                for each in bad
            ),
        ]
    )
