"""Lists as the protocol writes them (RFC 7644 §3.4.2)."""

import json
from collections.abc import Sequence

_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def response(bodies: Sequence[str], total: int, start_index: int = 1) -> str:
    """Return a ListResponse of resources that are JSON already."""
    head = json.dumps(
        {
            "schemas": [_SCHEMA],
            "totalResults": total,
            "startIndex": start_index,
            "itemsPerPage": len(bodies),
        },
        separators=(",", ":"),
    )
    return f'{head[:-1]},"Resources":[{",".join(bodies)}]}}'
