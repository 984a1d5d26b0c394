"""Paths and methods that lead nowhere."""

from tests.conformance.bad_input.site import NOBODY, PATCH, Case, Site, get, user


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
