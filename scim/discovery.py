"""What the server says about itself (RFC 7644 §4): built from the provider, once a base URL.

A schema says what holds for the app that asks: where groups share names, they are not unique.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from scim2_models import Context, NotFoundException, Resource, Schema, Uniqueness

from scim.choices import Choices, GroupNames
from scim.provider import Provider
from scim.query import listing

_CONFIG = "ServiceProviderConfig"

Documents = dict[str, dict[str, bytes]]
"""JSON by endpoint and id."""


class Discovery:
    """The three discovery endpoints of one provider."""

    _rendered: Callable[[str, GroupNames], Documents]

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        # a base URL comes from the Host header: bound what it can fill
        self._rendered = lru_cache(maxsize=16)(self._render_all)

    def service_provider_config(self, base_url: str, choices: Choices) -> bytes:
        """Return the ServiceProviderConfig as JSON."""
        return self._rendered(base_url, choices.group_names)[_CONFIG][_CONFIG]

    def all_of(self, endpoint: str, base_url: str, choices: Choices) -> bytes:
        """Return every resource type or every schema as a ListResponse; it is never paged."""
        documents = self._rendered(base_url, choices.group_names)[endpoint].values()
        text, size = b",".join(documents).decode(), len(documents)
        return listing.response(text, size, size, {"startIndex": 1})

    def one_of(self, endpoint: str, name: str, base_url: str, choices: Choices) -> bytes:
        """Return one resource type by its name, or one schema by its URN, in any case.

        :raises NotFoundException: there is none
        """
        for key, body in self._rendered(base_url, choices.group_names)[endpoint].items():
            if key.lower() == name.lower():
                return body
        raise NotFoundException(detail=f"{endpoint} has no {name!r}.")

    def _render_all(self, base_url: str, group_names: GroupNames) -> Documents:
        provider = self._provider
        schemas = provider.schemas
        if group_names is GroupNames.SHARED:
            schemas = tuple(self._with_shared_names(each) for each in schemas)
        listed: dict[str, tuple[Resource[Any], ...]] = {
            "ResourceTypes": provider.resource_types,
            "Schemas": schemas,
        }
        return {
            _CONFIG: {_CONFIG: _render(provider.config, f"{base_url}/{_CONFIG}")},
        } | {
            endpoint: {
                str(each.id): _render(each, f"{base_url}/{endpoint}/{each.id}") for each in all_
            }
            for endpoint, all_ in listed.items()
        }

    def _with_shared_names(self, schema: Schema) -> Schema:
        """Return the schema of groups without the uniqueness of their name; any other as it is."""
        groups = [each for each in self._provider.kinds.values() if each.has_members]
        if str(schema.id) not in {str(each.model.__schema__) for each in groups}:
            return schema
        names = {each.unique for each in groups}
        attributes = [
            each.model_copy(update={"uniqueness": Uniqueness.none}) if each.name in names else each
            for each in schema.attributes or ()
        ]
        return schema.model_copy(update={"attributes": attributes})


def _render(described: Resource[Any], location: str) -> bytes:
    document = described.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    document["meta"] = {"resourceType": type(described).__name__, "location": location}
    return json.dumps(document, separators=(",", ":")).encode()
