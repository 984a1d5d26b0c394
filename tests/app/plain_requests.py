"""What tests of plain requests compare."""

from werkzeug.test import TestResponse


def heard(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return all of an answer but the number of the request."""
    headers = [(name, value) for name, value in response.headers if name != "X-Request-Id"]
    assert len(headers) + 1 == len(response.headers)
    return response.status_code, headers, response.data
