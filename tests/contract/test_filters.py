"""The SQL of filters, orders and pages, judged by scim2-models' own evaluator.

What a search finds has to be what ``ScimFilter.match`` keeps of every resource as it is served.
"""

from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from typing import Any, Union

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scim2_models import InvalidFilterException, InvalidPathException, ScimFilter, SearchRequest
from scim2_server.testing import SEARCH_FILTERS, SEARCH_SORTS

from scim import Database, Limits
from scim.provider import GROUP, KINDS, USER, Kind
from scim.query.search import read_query
from tests.conftest import FakeClock
from tests.contract.directories import Caller, as_models, caller_of, new_tenant, open_directory
from tests.contract.filter_texts import attributes_of, filters
from tests.contract.people import ENTERPRISE, populate

REFUSED = ["refused"]
"""What stands for the ids where a filter is an error."""


@dataclass(frozen=True, slots=True)
class Population:
    """A directory full of users and groups, and the same resources as models."""

    strict: Caller
    tolerant: Caller
    resources: list[Any]
    """Users, then groups, each in order of creation."""

    def of(self, *kinds: Kind) -> list[Any]:
        """Return the resources of some kinds."""
        return [each for each in self.resources if KINDS[each.meta.resource_type] in kinds]

    def found(self, profile: str, text: str, *kinds: Kind) -> list[str]:
        """Return what a search finds for a client with a profile."""
        caller: Caller = getattr(self, profile)
        try:
            return sorted(caller.ids(*kinds, filter=text))
        except InvalidFilterException:
            return REFUSED

    def judged(self, text: str, *kinds: Kind) -> list[str]:
        """Return what the judge keeps."""
        try:
            judges: dict[str, Any] = {
                kind.name: ScimFilter[kind.model](text)  # type: ignore[name-defined]
                for kind in kinds
            }
            return sorted(
                each.id for each in self.of(*kinds) if judges[each.meta.resource_type].match(each)
            )
        except InvalidFilterException:
            return REFUSED


@pytest.fixture
def population(database: Database, clock: FakeClock) -> Population:
    directory = open_directory(database, clock)
    tenant_id = new_tenant(database)
    strict = caller_of(directory, tenant_id)
    populate(strict, clock)
    resources = strict.search(USER)["Resources"] + strict.search(GROUP)["Resources"]
    return Population(strict, caller_of(directory, tenant_id, "tolerant"), as_models(resources))


_GENERATED = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def test_the_44_filters_of_scim2_server_find_what_the_judge_keeps(population: Population) -> None:
    assert len(SEARCH_FILTERS) == 44

    for text in SEARCH_FILTERS:
        judged = population.judged(text, USER)
        assert judged == population.found("strict", text, USER), text
        assert judged == population.found("tolerant", text, USER), text


EDGES = (
    "id pr",
    "meta.created pr",
    "schemas pr",
    'schemas[value eq "urn:ietf:params:scim:schemas:core:2.0:user"]',
    "schemas[value eq true]",
    "schemas[value ne 1]",
    f'schemas eq "{ENTERPRISE}"',
    f'{ENTERPRISE}:manager.$ref eq "../Users/26118915"',
    f"{ENTERPRISE}:manager.$ref pr",
    f"{ENTERPRISE}:manager pr",
    f"{ENTERPRISE.upper()}:MANAGER eq null",
    "groups.$ref pr",
    'groups.$ref sw "https://idp.example/scim/v2/Groups/"',
    "groups[$ref pr]",
    'groups.type eq "direct"',
    'groups.display co "a"',
    'meta.location sw "HTTPS://IDP.EXAMPLE/scim/v2/users/"',
    'meta.resourceType eq "user"',
    'meta.version eq "W/\\"2\\""',
    'meta.created lt "9999-12-31T23:59:59-01:00"',
    'meta.created gt "0001-01-01T00:00:00+01:00"',
    'meta.created gt "2026-11-24T00:00:00"',
    'meta.created ne "2026-11-24T00:00:00"',
    "meta.created gt 5",
    "name eq null",
    "name ne null",
    'name ne "x"',
    'name gt "x"',
    'addresses eq "x"',
    'addresses ne "x"',
    "addresses eq null",
    "addresses pr",
    "emails eq null",
    "emails ne null",
    "emails[value eq null]",
    'emails[not (value pr) and type eq "WORK"]',
    'emails[type eq "work"].value co "example"',
    'emails.value ew "longer than any address of anybody@example.com"',
    'userName co ""',
    'title sw ""',
    'title ew ""',
    'password co "never"',
    'active eq "true"',
    "active gt false",
    "userName eq 5",
    'x509Certificates eq "dHdv"',
    'x509Certificates.value co "dHdv"',
    'x509Certificates[value eq "dHdv" and primary eq true]',
    'urn:ietf:params:scim:schemas:core:2.0:User:emails[TYPE eq "work"]',
    'members eq "x"',
    'unheardOf eq "x"',
    "emails.unheardOf pr",
    "emails[unheardOf pr]",
    'userName[value eq "x"]',
)
"""Filters that were, or might be, read otherwise than the judge reads them."""

UNKNOWN = frozenset(EDGES[-5:-1])
"""Those among them that name what a user does not have: an error where only users are searched."""

DIFFERENT_IF_TOLERANT = frozenset({"userName eq 5"})
"""A tolerant app's number is a text."""


REFUSED_IF_STRICT = frozenset({'emails[type eq "work"].value co "example"', 'active eq "true"'})
"""The judge forgives them a quirk; a strict app is not forgiven."""


def test_filters_at_the_edges_find_what_the_judge_keeps(population: Population) -> None:
    for text in EDGES:
        judged = REFUSED if text in UNKNOWN else population.judged(text, USER)
        strict = REFUSED if text in REFUSED_IF_STRICT else judged
        assert strict == population.found("strict", text, USER), text
        if text not in DIFFERENT_IF_TOLERANT:
            assert judged == population.found("tolerant", text, USER), text


def test_an_attribute_that_only_one_kind_has_matches_no_other_kind(
    population: Population,
) -> None:
    """At the root, what is not defined for a resource is absent from it (RFC 7644 §3.4.2.1)."""
    for text in (*EDGES, "members pr", 'not (members pr) or userName eq "case"'):
        judged = population.judged(text, USER, GROUP)
        strict = REFUSED if text in REFUSED_IF_STRICT else judged
        assert strict == population.found("strict", text, USER, GROUP), text


@pytest.mark.parametrize(("kind", "examples"), [(USER, 500), (GROUP, 250)], ids=KINDS)
def test_generated_filters_find_what_the_judge_keeps(
    population: Population, kind: Kind, examples: int
) -> None:
    found = refused = 0

    @settings(_GENERATED, max_examples=examples)
    @given(filters(attributes_of(kind, population.of(kind))))
    def check(text: str) -> None:
        nonlocal found, refused
        judged = population.judged(text, kind)
        found += judged not in ([], REFUSED)
        refused += judged == REFUSED
        assert judged == population.found("strict", text, kind)
        assert judged == population.found("tolerant", text, kind)

    check()
    assert found > examples / 3
    assert refused < examples / 4


def test_generated_filters_at_the_root_find_what_the_judge_keeps(population: Population) -> None:
    kinds = (USER, GROUP)
    attributes = [each for kind in kinds for each in attributes_of(kind, population.of(kind))]

    @settings(_GENERATED, max_examples=150)
    @given(filters(attributes))
    def check(text: str) -> None:
        assert population.judged(text, *kinds) == population.found("strict", text, *kinds)

    check()


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_resources_come_in_the_order_the_judge_sorts_them(
    population: Population, order: str
) -> None:
    """Resources with the same value, or with none, come in order of creation."""
    for kinds in ((USER,), (GROUP,), (USER, GROUP)):
        attributes = chain.from_iterable(attributes_of(kind, population.of(kind)) for kind in kinds)
        known = [each.path for each in attributes]
        for path in (*SEARCH_SORTS, *known, *map(str.upper, known), "unheardOf", "emails.x"):
            judged = _judged_order(kinds, path, order, population.of(*kinds))
            assert judged == _order(population, kinds, path, order), path


def _judged_order(
    kinds: tuple[Kind, ...], path: str, order: str, resources: list[Any]
) -> list[str]:
    bound: Any = SearchRequest[Union[tuple(kind.model for kind in kinds)]]  # type: ignore[misc]  # noqa: UP007 - made at run time
    try:
        request = bound.model_validate({"sortBy": path, "sortOrder": order})
    except ValidationError:
        return REFUSED
    return [each.id for each in request.sort(resources)]


def _order(population: Population, kinds: tuple[Kind, ...], path: str, order: str) -> list[str]:
    descending = order == "descending"
    try:
        return population.strict.ids(*kinds, sort_by=path, descending=descending)
    except InvalidPathException:
        return REFUSED


def test_pages_joined_are_the_whole_list_once(population: Population) -> None:
    find = partial(population.strict.ids, USER, GROUP)

    for sort_by in (None, "title", "emails", "active", "members", "meta.created"):
        whole = find(sort_by=sort_by)
        for count in (2, 7, len(whole) - 1, len(whole), len(whole) + 1):
            starts = range(1, len(whole) + 1, count)
            pages = [find(sort_by=sort_by, start_index=start, count=count) for start in starts]
            assert whole == list(chain.from_iterable(pages)), (sort_by, count)
        assert len(population.resources) == len(set(whole))


def test_any_page_is_its_part_of_the_list(population: Population) -> None:
    """A start before the list is its beginning, a negative count is none (RFC 7644 §3.4.2.4)."""
    whole = population.strict.ids(USER)

    @settings(_GENERATED, max_examples=150)
    @given(st.integers(-3, len(whole) + 3), st.integers(-3, len(whole) + 3))
    @example(10**400, 5)
    @example(1, 10**400)
    @example(-(10**400), -(10**400))
    def check(start: int, count: int) -> None:
        query = read_query({"startIndex": str(start), "count": count}, Limits())
        page = population.strict.search(USER, **asdict(query))
        first = max(start, 1) - 1
        expected = whole[first : first + max(count, 0)]
        assert expected == [each["id"] for each in page["Resources"]]
        assert len(whole) == page["totalResults"]
        assert len(expected) == page["itemsPerPage"]

    check()
