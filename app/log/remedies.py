"""What happened to a request, in a sentence, and what to do about it where it failed.

The table of remedies also stands in ``docs/reference/errors.md``.
"""

from dataclasses import dataclass

from app.log.entries import Entry
from app.log.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about one kind of error."""

    status: int
    scim_type: str
    """Empty for every other error of the status."""

    happened: str
    fix: str


REMEDIES = (
    Remedy(
        400, "invalidSyntax",
        "The body is not the JSON that the request needs.",
        "Look at what the provider was configured to send; for a strict app, compare it with the"
        " schema. The profile *tolerant* reads most of what providers really send.",
    ),
    Remedy(
        400, "invalidValue",
        "A value does not fit its attribute, or a required one is missing.",
        "Correct the attribute's mapping in the provider: the detail names it.",
    ),
    Remedy(
        400, "invalidFilter",
        "The filter cannot be read, or names an attribute that is not there.",
        "Correct the attribute that the provider matches users or groups by.",
    ),
    Remedy(
        400, "invalidPath",
        "The path of a PATCH names no attribute.",
        "Correct or remove the mapping of that attribute. If you need it, add it to the schema.",
    ),
    Remedy(
        400, "noTarget",
        "A PATCH wants to change or remove what is not there.",
        "Let the provider synchronise the resource anew, so that both know the same of it.",
    ),
    Remedy(
        400, "mutability",
        "A change was asked for of an attribute that never changes.",
        "Remove the mapping of that attribute, or map it on creation only.",
    ),
    Remedy(
        400, "",
        "The request cannot be read.",
        "Check the base URL in the provider: it ends in /scim/v2, without a query.",
    ),
    Remedy(
        401, "",
        "The token is not alive any more.",
        "Issue a token and put it into the provider. If nobody should use the old one, find out who"
        " sends it: the address says from where.",
    ),
    Remedy(
        403, "",
        "The token is good, but not for this.",
        "Enable SCIM if it is off. Otherwise issue a token with a wider scope, or one that may be"
        " used from that address.",
    ),
    Remedy(
        404, "",
        "There is no such resource in this directory, or no such path.",
        "If the resource was deleted here, let the provider synchronise anew: it still has the old"
        " id. If all requests get this, check the base URL.",
    ),
    Remedy(
        409, "uniqueness",
        "Another resource has this name already; letter case does not tell names apart.",
        "Find the other one by a filter, and match it in the provider instead of creating it; or"
        " rename or delete one of them. Names of groups can be shared: see the app's settings.",
    ),
    Remedy(
        409, "",
        "The request contradicts what is stored.",
        "Let the provider synchronise the resource anew.",
    ),
    Remedy(
        412, "",
        "The resource was changed meanwhile, so it has another version than the client knew.",
        "Nothing, if it was tried again. Otherwise the client has to read the resource first.",
    ),
    Remedy(
        413, "",
        "The request is larger than this server takes.",
        "Let the provider send fewer members or operations at a time, or raise the limit:"
        " PROVISOR_MAX_BODY, PROVISOR_MAX_PATCH_OPERATIONS or PROVISOR_MAX_BULK_OPERATIONS.",
    ),
    Remedy(
        415, "",
        "The body is not called JSON.",
        "Let the client send Content-Type: application/scim+json.",
    ),
    Remedy(
        429, "",
        "There were more requests in a second than the token may make.",
        "Nothing: providers wait and try again. If it goes on, raise PROVISOR_RATE_LIMIT.",
    ),
    Remedy(
        503, "",
        "The database could not be reached.",
        "Check the database and the disk. Providers try again by themselves.",
    ),
    Remedy(
        500, "",
        "The server failed to answer.",
        "Look for the request id in the server's log, and report what it says.",
    ),
)  # fmt: skip

_BY_KIND = {(each.status, each.scim_type): each for each in REMEDIES}

_DONE = {
    "create": "{object} was created",
    "replace": "{object} was replaced",
    "patch": "{object} was changed",
    "delete": "{object} was deleted",
    "get": "{object} was read",
    "list": "A list was read",
    "search": "A search was answered",
    "bulk": "A Bulk request was carried out",
    "discovery": "The server was asked what it can do",
}

_WITHOUT_EFFECT = {
    Outcome.NO_CHANGE: "{object} was as asked for already: nothing changed",
    Outcome.DEACTIVATED: "{object} was deactivated",
}

_ERROR = 400


def remedy_of(entry: Entry) -> Remedy | None:
    """Return what to do about a request that failed, where there is anything to say."""
    if entry.status < _ERROR:
        return None
    for key in ((entry.status, entry.scim_type), (entry.status, "")):
        if key in _BY_KIND:
            return _BY_KIND[key]
    return _BY_KIND[400 if entry.status < 500 else 500, ""]  # noqa: PLR2004 - kinds of status


def sentence_of(entry: Entry) -> str:
    """Return what happened, in a plain sentence."""
    remedy = remedy_of(entry)
    if remedy is not None:
        return remedy.happened
    pattern = _WITHOUT_EFFECT.get(Outcome(entry.outcome), _DONE[entry.operation])
    named = f"The {entry.resource_type.lower()}" if entry.resource_type else "The resource"
    return pattern.format(object=named) + "."
