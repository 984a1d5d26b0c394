"""What a setting may be: bounds and forms."""

from urllib.parse import urlsplit

_HIGHEST = {
    "port": 65535,
    "trusted_proxies": 10,
    "shutdown_delay": 3600,
    "threads": 64,
    # longer ones are answered by the HTTP server itself, in a form of its own
    "max_url": 65534,
    # deeper ones would meet the recursion limits of Python and of SQLite's expressions
    "max_json_depth": 200,
    "max_filter_depth": 32,
    "max_filter_terms": 300,
}
"""The highest value of a number, where it has one."""

_LOWEST = {"trusted_proxies": 0, "shutdown_delay": 0}
"""The lowest value of a number, where it is not 1."""


class SettingsError(Exception):
    """A setting cannot be used; the message is one sentence that says what to change."""


def check_number(variable: str, name: str, value: object) -> None:
    """Check that a value, if it is a number, is neither too low nor too high.

    :raises SettingsError: it is
    """
    if not isinstance(value, int):
        return
    lowest, highest = _LOWEST.get(name, 1), _HIGHEST.get(name)
    if highest is not None and not lowest <= value <= highest:
        raise SettingsError(f"{variable} must be between {lowest} and {highest}, not {value}.")
    if value < lowest:
        raise SettingsError(f"{variable} must be at least {lowest}, not {value}.")


def is_origin(url: str) -> bool:
    """Whether a URL is the root of a web server, and holds no password."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it checks it
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and not (parts.path or parts.query or parts.fragment)
    )
