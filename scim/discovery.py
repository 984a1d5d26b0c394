"""What the server says about itself (RFC 7644 §4): built from the provider, once a base URL."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from scim2_models import Context, NotFoundException, Resource

from scim import listing
from scim.provider import Provider

_CONFIG = "ServiceProviderConfig"

Documents = dict[str, dict[str, str]]
"""JSON by endpoint and id."""


class Discovery:
    """The three discovery endpoints of one provider."""

    _rendered: Callable[[str], Documents]

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        # a base URL comes from the Host header: bound what it can fill
        self._rendered = lru_cache(maxsize=16)(self._render_all)

    def service_provider_config(self, base_url: str) -> str:
        """Return the ServiceProviderConfig as JSON."""
        return self._rendered(base_url)[_CONFIG][_CONFIG]

    def all_of(self, endpoint: str, base_url: str) -> str:
        """Return every resource type or every schema as a ListResponse; it is never paged."""
        bodies = list(self._rendered(base_url)[endpoint].values())
        return listing.response(bodies, len(bodies), {"startIndex": 1})

    def one_of(self, endpoint: str, name: str, base_url: str) -> str:
        """Return one resource type by its name, or one schema by its URN, in any case.

        :raises NotFoundException: there is none
        """
        for key, body in self._rendered(base_url)[endpoint].items():
            if key.lower() == name.lower():
                return body
        raise NotFoundException(detail=f"{endpoint} has no {name!r}.")

    def _render_all(self, base_url: str) -> Documents:
        provider = self._provider
        listed: dict[str, tuple[Resource[Any], ...]] = {
            "ResourceTypes": provider.resource_types,
            "Schemas": provider.schemas,
        }
        return {
            _CONFIG: {_CONFIG: _render(provider.config, f"{base_url}/{_CONFIG}")},
        } | {
            endpoint: {
                str(each.id): _render(each, f"{base_url}/{endpoint}/{each.id}") for each in all_
            }
            for endpoint, all_ in listed.items()
        }


def _render(described: Resource[Any], location: str) -> str:
    document = described.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    document["meta"] = {"resourceType": type(described).__name__, "location": location}
    return json.dumps(document, separators=(",", ":"))
