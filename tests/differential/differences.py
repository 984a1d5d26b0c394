"""Where our server and scim2-server differ, and which section of an RFC decides for us.

A difference takes itself out of an exchange, and nothing else: what is left has to agree.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.differential import lists, members, statuses, strictness
from tests.differential.exchanges import Exchange


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the two servers differ, rightly."""

    name: str
    section: str
    sentence: str
    take_out: Callable[[Exchange], Exchange | None]
    """Returns the exchange without the difference, or None where it does not differ so."""

    drifts: bool = False
    """Whether the servers hold different resources afterwards."""


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "A PATCH answers with the resource",
        "RFC 7644 §3.5.2",
        "200 with the resource and 204 without are both right; we answer 200.",
        statuses.patch_without_body,
    ),
    Difference(
        "A body lists its schemas",
        "RFC 7643 §3",
        "`schemas` is required, and lists the schema of every attribute that the body holds.",
        strictness.unlisted_schemas,
        drifts=True,
    ),
    Difference(
        "A boolean is true or false",
        "RFC 7643 §2.3.2",
        "A text or a number is no boolean; a strict app is told so.",
        strictness.no_booleans,
        drifts=True,
    ),
    Difference(
        "Several values are an array",
        "RFC 7643 §2.4",
        "One value of a multi-valued attribute without an array around it is refused.",
        strictness.no_arrays,
        drifts=True,
    ),
    Difference(
        "A value is read before its target is looked for",
        "RFC 7644 §3.12",
        "Of two errors, `invalidValue` for a value and `noTarget` or 404, either may be told.",
        strictness.no_objects,
        drifts=True,
    ),
    Difference(
        "Without a path, names are names",
        "RFC 7644 §3.5.2.1",
        "The value of an operation without a path holds attributes by their names, not by paths.",
        strictness.paths_for_names,
        drifts=True,
    ),
    Difference(
        "An unknown endpoint is not found",
        "RFC 7644 §3.12",
        "404 says that an endpoint does not exist, whatever the method of a Bulk operation is.",
        statuses.unknown_endpoint,
    ),
    Difference(
        "The data of a DELETE is not read",
        "RFC 7644 §3.7",
        "`data` belongs to POST, PUT and PATCH; in a Bulk operation that deletes it means nothing.",
        statuses.data_of_a_delete,
        drifts=True,
    ),
    Difference(
        "A PUT is read before its resource is looked for",
        "RFC 7644 §3.12",
        "Of two errors, 400 for the body and 404 for the resource, either may be told.",
        statuses.body_before_resource,
    ),
    Difference(
        "An empty parameter is none",
        "RFC 7644 §3.4.2",
        "Every parameter of a query is optional; one without a value asks for nothing.",
        lists.empty_parameters,
    ),
    Difference(
        "The order is read in any case",
        "RFC 7643 §2.2",
        "A string is compared in any case unless it is `caseExact`, and `sortOrder` is not.",
        lists.order_in_any_case,
    ),
    Difference(
        "No filter asks for a password",
        "RFC 7643 §7",
        "What is never returned may be kept out of filters too: whether one matches would tell.",
        lists.filter_by_password,
    ),
    Difference(
        "No type may have a filter's attribute",
        "RFC 7644 §3.4.2.1",
        "At the root, an attribute that a type does not have counts as one without a value.",
        lists.unknown_everywhere,
    ),
    Difference(
        "A schema without attributes is none",
        "RFC 7643 §3",
        "`schemas` lists the schemas of the attributes that are present, for a filter too.",
        lists.schemas_without_attributes,
    ),
    Difference(
        "A filter finds nothing that is empty",
        "RFC 7643 §2.5",
        "An empty list or object and none are the same state: `emails ne null` finds neither.",
        lists.empty_values_found,
    ),
    Difference(
        "An emptied page leads back",
        "RFC 9865 §2",
        "There is a previous page, so `previousCursor` names it, whatever others removed.",
        lists.way_back,
    ),
    Difference(
        "An index past every list is cut",
        "RFC 7644 §3.4.2.4",
        "`startIndex` 2147483648 and any beyond show the same empty page.",
        lists.last_index,
    ),
    Difference(
        "Equals keep the order of creation",
        "RFC 7644 §3.4.2.3",
        "Nothing orders resources of equal `sortBy` values; we list the oldest first either way.",
        lists.order_of_equals,
    ),
    Difference(
        "Names are not empty",
        "RFC 7643 §4.1.1",
        "`userName` is not empty, nor is a group's `displayName`; 512 characters are the most.",
        statuses.no_name,
        drifts=True,
    ),
    Difference(
        "Members exist",
        "RFC 7644 §3.12",
        "A member that is no resource of the directory is an `invalidValue`.",
        members.unknown_members,
        drifts=True,
    ),
    Difference(
        "A member is shown once",
        "RFC 7643 §2.4",
        "The same value should not be shown twice; a member named twice is the one named last.",
        members.members_named_twice,
        drifts=True,
    ),
    Difference(
        "A deleted resource is no member",
        "RFC 7644 §3.6",
        "What was deleted is in no answer, so it leaves its groups, which thereby change.",
        members.deleted_members,
        drifts=True,
    ),
    Difference(
        "Empty lists are shown",
        "RFC 7643 §2.5",
        "An empty list and none are the same state; we show `members` and `groups` even so.",
        members.empty_lists,
    ),
    Difference(
        "A user shows its groups",
        "RFC 7643 §4.1.2",
        "`groups` is read-only and says of which groups the user is a member.",
        members.groups_of_users,
    ),
    Difference(
        "A member shows what it is and where",
        "RFC 7643 §4.2",
        "`type` and `$ref` say what kind of resource a member is and where.",
        members.parts_of_members,
    ),
    Difference(
        "Members are in the order in which they joined",
        "RFC 7643 §2.4",
        "Values have no order unless an attribute gives them one, and `members` does not.",
        members.order_of_members,
    ),
    Difference(
        "References are kept as sent",
        "RFC 7643 §2.3.7",
        "A relative `$ref` is right as it is: the client resolves it against the base URL.",
        members.relative_references,
    ),
    Difference(
        "A password is not kept",
        "RFC 7643 §4.1.1",
        "No answer shows a password, and we keep none, so a new one makes no new version.",
        statuses.password_only,
        drifts=True,
    ),
    Difference(
        "An empty list for none changes nothing",
        "RFC 7643 §2.5",
        "An empty list and none are the same state, so one for the other makes no new version.",
        statuses.empty_for_none,
        drifts=True,
    ),
)
