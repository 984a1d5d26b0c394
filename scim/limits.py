"""Bounds on what one request may ask for; beyond each of them it is refused, not answered slowly.

A bound is either announced in the ServiceProviderConfig or named by the error that meets it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every bound of the protocol; each is a setting."""

    url: int = 8 * 1024
    """Bytes of a request's path and query together."""

    body: int = 1024 * 1024
    """Bytes of a request's body, of a Bulk request too (``maxPayloadSize``, RFC 7643 §5)."""

    json_depth: int = 32
    """How deep objects and arrays may stand in each other."""

    filter_length: int = 4 * 1024
    """Bytes of a filter, a sort key, the path of a PATCH operation or a list of attributes."""

    filter_depth: int = 20
    """How deep parentheses and brackets may stand in each other."""

    filter_terms: int = 100
    """Comparisons in one filter."""

    patch_operations: int = 1000
    """Operations in one PATCH."""

    bulk_operations: int = 1000
    """Operations in one Bulk request (``maxOperations``, RFC 7643 §5)."""

    values: int = 500
    """Values of one multi-valued attribute of a resource; members of a group are not counted."""

    page: int = 500
    """Resources on one page of a list, whatever ``count`` asks for (``maxResults``).

    Also what it holds when ``count`` is left out: OneLogin never asks for a second page of groups.
    """

    cursor_timeout: int = 3600
    """Seconds a cursor is good for (``cursorTimeout``, RFC 9865 §4)."""
