"""Nothing is announced that does not hold, and nothing works unannounced.

The tests walk /Schemas and /ResourceTypes as a client reads them, and prove each claim about each
attribute, on and off, of the standard schemas and of added ones.
Members of groups and the groups of users are rows: what holds for them stands in the tests of
groups, so only what can be said of them by a body alone is said here.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app import assemble, create_app
from app.audit import CLI
from app.client_apps import NewApp
from app.environment import read_settings
from tests.added_schemas import FILES
from tests.app.test_provisioning import Provider
from tests.conformance.announced import WRONG, Announced, Claimed
from tests.conftest import ENGINES

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
ROWS = ("members", "groups")


class Site:
    """A server with added schemas, and a strict client that knows only what is announced."""

    def __init__(self, client: Provider) -> None:
        self.client = client
        types = self.ok("GET", "/ResourceTypes")["Resources"]
        self.announced = Announced(types, self.ok("GET", "/Schemas")["Resources"])

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        """Return the JSON of an answer that has to be a success."""
        answer = self.client.ask(method, path, body)
        assert answer.status_code < 300, (method, path, body, answer.text)
        return answer.get_json(force=True)

    def status(self, method: str, path: str, body: Any = None) -> tuple[int, str | None]:
        """Return the status and the scimType of an answer."""
        answer = self.client.ask(method, path, body)
        said = answer.get_json(force=True) if answer.status_code >= 400 else {}
        return answer.status_code, said.get("scimType")

    def make(self, claimed: Claimed, value: Any) -> dict[str, Any]:
        """Make a resource that has a value, and return it as a GET that asks for it shows it."""
        body = self.announced.body(claimed.type, claimed, value)
        made: dict[str, Any] = self.ok("POST", claimed.endpoint, body)
        return made

    def refused(self, claimed: Claimed, value: Any) -> bool:
        """Whether a resource that has a value is refused as a bad request."""
        body = self.announced.body(claimed.type, claimed, value)
        return self.status("POST", claimed.endpoint, body)[0] == 400

    def patch(self, claimed: Claimed, id_: str, value: Any) -> tuple[int, str | None]:
        """Replace the value of a resource, and return how that was answered."""
        operation = {"op": "replace", "path": claimed.path, "value": value}
        if claimed.within_many:
            assert claimed.parent is not None
            path = claimed.path.rpartition(".")[0]
            operation = {"op": "replace", "path": path, "value": [{claimed.claims["name"]: value}]}
        body = {"schemas": [PATCH], "Operations": [operation]}
        return self.status("PATCH", f"{claimed.endpoint}/{id_}", body)

    def shown(self, claimed: Claimed, id_: str, query: str = "") -> Any:
        """Return the value of a resource as a GET shows it."""
        return claimed.found(self.ok("GET", f"{claimed.endpoint}/{id_}{query}"))


@pytest.fixture(scope="module", params=ENGINES)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    settings = {
        "PROVISOR_INSTANCE": str(tmp_path_factory.mktemp("claims")),
        "PROVISOR_RATE_LIMIT": "0",
        "PROVISOR_SCHEMAS": os.pathsep.join(str(path) for path in FILES),
    }
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        settings["PROVISOR_DATABASE_URL"] = server.new_database()
    assembly = assemble(read_settings(settings))
    tenant = assembly.tenants.default()
    app = assembly.client_apps.create(NewApp(tenant.id, "Claims", profile="strict"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    token = assembly.tokens.issue(app.id, CLI).text
    yield Site(Provider(create_app(assembly).test_client(), token))
    assembly.close()


Holds = Callable[[Site, Claimed], bool]


def unproven(site: Site, holds: Holds, meant: Callable[[Claimed], bool]) -> list[str]:
    """Return the attributes of which a claim is made and does not hold.

    At least one has to be meant: a claim nobody makes proves nothing.
    """
    claimed = [each for each in site.announced.claimed() if meant(each)]
    assert claimed
    return [f"{each.type} {each.path}" for each in claimed if not holds(site, each)]


def is_row(each: Claimed) -> bool:
    return (each.parent or each.claims)["name"] in ROWS


def has(**claims: Any) -> Callable[[Claimed], bool]:
    """Return whether an attribute that bodies can write makes these claims."""
    return lambda each: not is_row(each) and claims.items() <= each.claims.items()


def shown_by_default(each: Claimed) -> bool:
    return (
        not is_row(each)
        and each.claims["returned"] == "default"
        and each.claims["mutability"] in ("readWrite", "immutable")
    )


def test_a_value_of_the_type_comes_back_as_it_was_sent(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        value = claimed.sample()
        made = site.make(claimed, value)
        return claimed.found(made) == value == site.shown(claimed, made["id"])

    assert [] == unproven(site, holds, shown_by_default)


def test_a_value_of_another_type_is_refused(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        wrong = WRONG[claimed.claims["type"]]
        return site.refused(claimed, [wrong] if claimed.claims["multiValued"] else wrong)

    assert [] == unproven(
        site, holds, lambda each: not is_row(each) and each.claims["mutability"] != "readOnly"
    )


def test_several_values_need_a_list_and_one_value_none(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        value = claimed.sample()
        if claimed.claims["multiValued"]:
            two = [*claimed.sample(), *claimed.sample()]
            return claimed.found(site.make(claimed, two)) == two and site.refused(claimed, value[0])
        return site.refused(claimed, [value])

    assert [] == unproven(site, holds, shown_by_default)


def test_what_is_required_has_to_be_there(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        body = site.announced.without(claimed)
        return site.status("POST", claimed.endpoint, body)[0] == 400

    assert [] == unproven(site, holds, has(required=True))


def test_what_is_not_required_may_be_absent(site: Site) -> None:
    for name, described in site.announced.types.items():
        made = site.ok("POST", described["endpoint"], site.announced.body(name))
        assert made["id"], name


def test_case_counts_where_it_is_said_to(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        value = claimed.sample()
        text = value[0] if isinstance(value, list) else value
        made = site.make(claimed, value)
        ids = {
            spelling: [
                each["id"]
                for each in site.ok(
                    "POST",
                    f"{claimed.endpoint}/.search",
                    {"schemas": [SEARCH], "filter": f'{claimed.path} eq "{text}"'},
                )["Resources"]
            ]
            for spelling, text in (("same", text), ("other", text.swapcase()))
        }
        exact = claimed.claims["caseExact"]
        return ids == {"same": [made["id"]], "other": [] if exact else [made["id"]]}

    assert [] == unproven(
        site,
        holds,
        lambda each: shown_by_default(each) and each.claims["type"] in ("string", "reference"),
    )


def test_what_may_change_changes(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        before, value = claimed.sample(), claimed.sample()
        made = site.make(claimed, before)
        answer = site.patch(claimed, made["id"], value)
        return answer == (200, None) and site.shown(claimed, made["id"]) == value

    meant = has(mutability="readWrite", returned="default")
    assert [] == unproven(site, holds, lambda each: meant(each) and each.claims["type"] != "binary")


def test_what_is_immutable_is_written_once(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        before, value = claimed.sample(), claimed.sample()
        made = site.make(claimed, before)
        again = site.patch(claimed, made["id"], before)
        answer = site.patch(claimed, made["id"], value)
        kept = site.shown(claimed, made["id"]) == before
        return (again, answer, kept) == ((200, None), (400, "mutability"), True)

    assert [] == unproven(site, holds, has(mutability="immutable"))


def test_what_is_read_only_is_never_written(site: Site) -> None:
    """RFC 7644 §3.3 ignores it in a POST; §3.5.2 refuses it in a PATCH."""

    def holds(site: Site, claimed: Claimed) -> bool:
        sent = sample_read_only(claimed)
        made = site.make(claimed, sent)
        answer = site.patch(claimed, made["id"], sent)
        return (claimed.found(made) or None, answer) == (None, (400, "mutability"))

    assert [] == unproven(site, holds, lambda each: each.claims["mutability"] == "readOnly")


def sample_read_only(claimed: Claimed) -> Any:
    value = {"value": "x"} if claimed.claims["type"] == "complex" else "CaSe"
    return [value] if claimed.claims["multiValued"] else value


def test_what_is_write_only_is_taken_and_never_shown(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        made = site.make(claimed, "hush hush")
        answer = site.patch(claimed, made["id"], "hush now")
        asked = site.client.ask(
            "GET", f"{claimed.endpoint}/{made['id']}?attributes={claimed.path}"
        ).text
        whole = site.client.ask("GET", f"{claimed.endpoint}/{made['id']}").text
        return answer[0] == 200 and "hush" not in f"{made}{asked}{whole}"

    assert [] == unproven(site, holds, has(mutability="writeOnly", returned="never"))


def test_what_no_answer_shows_is_not_searched_either(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        by_filter = site.status("GET", f"{claimed.endpoint}?filter={claimed.path} pr")
        by_order = site.status("GET", f"{claimed.endpoint}?sortBy={claimed.path}")
        return (by_filter, by_order) == ((400, "invalidFilter"), (400, "invalidPath"))

    assert [] == unproven(site, holds, has(returned="never"))


def test_what_is_returned_by_default_can_be_left_out(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        id_ = site.make(claimed, claimed.sample())["id"]
        left_out = site.shown(claimed, id_, f"?excludedAttributes={claimed.path}")
        asked_for = site.shown(claimed, id_, f"?attributes={claimed.path}")
        return left_out is None and asked_for is not None

    assert [] == unproven(site, holds, shown_by_default)


def test_what_is_returned_on_request_is_returned_on_request(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        value = claimed.sample()
        made = site.make(claimed, value)
        shown = [site.shown(claimed, made["id"], query) for query in ("", "?attributes=id")]
        asked_for = site.shown(claimed, made["id"], f"?attributes={claimed.path}")
        return (claimed.found(made), *shown, asked_for) == (None, None, None, value)

    assert [] == unproven(site, holds, has(returned="request"))


def test_unique_values_have_one_owner_and_others_any_number(site: Site) -> None:
    def holds(site: Site, claimed: Claimed) -> bool:
        value = claimed.sample()
        site.make(claimed, value)
        body = site.announced.body(claimed.type, claimed, value)
        answer = site.status("POST", claimed.endpoint, body)
        unique = claimed.claims["uniqueness"] != "none"
        return answer == ((409, "uniqueness") if unique else (201, None))

    assert {"userName", "displayName", "serial", "inventory"} <= {
        each.path for each in site.announced.claimed() if each.claims["uniqueness"] == "server"
    }
    assert [] == unproven(site, holds, shown_by_default)


def test_what_is_not_announced_does_not_work(site: Site) -> None:
    for name, described in site.announced.types.items():
        endpoint = described["endpoint"]
        made = site.ok("POST", endpoint, site.announced.body(name))
        operation = {"op": "add", "path": "unannounced", "value": "x"}
        patch = {"schemas": [PATCH], "Operations": [operation]}
        body = site.announced.body(name) | {"unannounced": "x"}

        assert 400 == site.status("POST", endpoint, body)[0], name
        assert 400 == site.status("PATCH", f"{endpoint}/{made['id']}", patch)[0], name
        assert (400, "invalidFilter") == site.status("GET", f"{endpoint}?filter=unannounced pr")
        assert (400, "invalidPath") == site.status("GET", f"{endpoint}?sortBy=unannounced")
    assert 404 == site.status("GET", "/Unannounced")[0]
