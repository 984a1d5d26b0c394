"""What the server says about itself (RFC 7644 §4): built once from the provider."""

import json
from functools import lru_cache
from typing import Any

from scim2_models import Context, NotFoundException, Resource

from scim import listing
from scim.provider import PROVIDER

SERVICE_PROVIDER_CONFIG = "ServiceProviderConfig"
RESOURCE_TYPES = "ResourceTypes"
SCHEMAS = "Schemas"


def service_provider_config(base_url: str) -> str:
    """Return the ServiceProviderConfig as JSON."""
    return _rendered(base_url)[SERVICE_PROVIDER_CONFIG][SERVICE_PROVIDER_CONFIG]


def all_of(endpoint: str, base_url: str) -> str:
    """Return every resource type or every schema as a ListResponse; it is never paged."""
    bodies = list(_rendered(base_url)[endpoint].values())
    return listing.response(bodies, len(bodies))


def one_of(endpoint: str, name: str, base_url: str) -> str:
    """Return one resource type by its name, or one schema by its URN, in any case.

    :raises NotFoundException: there is none
    """
    for key, body in _rendered(base_url)[endpoint].items():
        if key.lower() == name.lower():
            return body
    raise NotFoundException(detail=f"{endpoint} has no {name!r}.")


@lru_cache(maxsize=16)  # a base URL comes from the Host header: bound what it can fill
def _rendered(base_url: str) -> dict[str, dict[str, str]]:
    """Return every document by endpoint and id."""
    config = PROVIDER.config
    return {
        SERVICE_PROVIDER_CONFIG: {
            SERVICE_PROVIDER_CONFIG: _render(config, f"{base_url}/{SERVICE_PROVIDER_CONFIG}")
        }
        if config
        else {},
        RESOURCE_TYPES: {
            str(each.id): _render(each, f"{base_url}/{RESOURCE_TYPES}/{each.id}")
            for each in PROVIDER.resource_types
        },
        SCHEMAS: {
            str(each.id): _render(each, f"{base_url}/{SCHEMAS}/{each.id}")
            for each in PROVIDER.schemas
        },
    }


def _render(described: Resource[Any], location: str) -> str:
    document = described.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    document["meta"] = {"resourceType": type(described).__name__, "location": location}
    return json.dumps(document, separators=(",", ":"))
