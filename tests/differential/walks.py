"""Hypothesis walks through lists by cursor (RFC 9865), while others change what is in them."""

from typing import Any

from hypothesis import strategies as st

from tests.differential.exchanges import Request
from tests.differential.labels import cursor
from tests.differential.queries import TYPICAL, orders, projections

_SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

_NEXT, _PREVIOUS = cursor("next"), cursor("previous")

_TURNS: tuple[dict[str, Any], ...] = (
    *({"cursor": _NEXT},) * 6,
    *({"cursor": _PREVIOUS},) * 2,
    {"cursor": ""},
    {"cursor": _NEXT, "count": 4},
    {"cursor": _NEXT, "filter": "id pr"},
    {"cursor": _NEXT, "sortBy": "externalId"},
    {"cursor": _NEXT, "sortOrder": "descending"},
    {"cursor": _NEXT, "startIndex": 1},
    {"cursor": f"{_NEXT}A"},
    {"cursor": "made-up"},
    {"cursor": "made up"},
    {},
)
"""What the next request of a walk says otherwise than the one before; most say where to go."""


@st.composite
def walks(draw: st.DrawFn, meanwhile: st.SearchStrategy[Request]) -> list[Request]:
    """Return the requests of one walk, and what others send in between."""
    type_ = draw(st.sampled_from(("User", "User", "Group")))
    query = draw(orders(type_, TYPICAL[type_])) | {"cursor": ""}
    if draw(st.integers(0, 9)):
        query["count"] = draw(st.sampled_from((1, 1, 2, 2, 3, 0, 500)))
    if not draw(st.integers(0, 3)):
        query |= draw(projections(type_))
    path = draw(st.sampled_from((f"/{type_}s", f"/{type_}s", f"/{type_}s/.search", "/.search")))
    # the two servers order equals differently, so that a change would not meet both walks alike
    alone = query.get("sortOrder", "").lower() == "descending"
    walk = [_asked(path, query)]
    for _ in range(draw(st.integers(1, 4))):
        if not alone and not draw(st.integers(0, 2)):
            walk.append(draw(meanwhile))
        walk.append(_asked(path, query | draw(st.sampled_from(_TURNS))))
    return walk


def _asked(path: str, query: dict[str, Any]) -> Request:
    if not path.endswith("/.search"):
        return Request("GET", path, {name: str(value) for name, value in query.items()})
    return Request("POST", path, body={"schemas": [_SEARCH], **query})
