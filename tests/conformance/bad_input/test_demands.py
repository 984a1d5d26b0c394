"""Names that are taken, versions nobody has, and credentials that are none."""

from tests.conformance.bad_input.site import (
    GROUP,
    PATCH,
    PREFIX,
    USER,
    Case,
    Site,
    create,
    is_error,
    patch,
    user,
)


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
        assert (401, True) == (answer.status, is_error(answer)), token
        assert answer.headers["www-authenticate"].startswith("Bearer"), token
