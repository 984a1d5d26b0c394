"""A body that is quick to check is checked as well as any other."""

import pytest
from scim2_models import InvalidSyntaxException, InvalidValueException, SCIMException

from scim.payload import read_object


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"a":"\\u0000"}', InvalidValueException),
        (b'{"a\\u0000":1}', InvalidValueException),
        (b'{"a":"\\ud800"}', InvalidValueException),
        (b'{"a":["\\\\\\udc00"]}', InvalidValueException),
        (b'{"a":"\0"}', InvalidSyntaxException),
        (b'{"a":"\xed\xa0\x80"}', InvalidSyntaxException),
        (b'{"a":[[[1]]]}', InvalidSyntaxException),
        (b'{"a":{"b":{"c":{}}}}', InvalidSyntaxException),
        (b'{"a":1,"a":1}', InvalidSyntaxException),
        (b'{"a":NaN}', InvalidSyntaxException),
        (b'{"a":1e999}', InvalidSyntaxException),
        (b"\xef\xbb\xbf\xef\xbb\xbf{}", InvalidSyntaxException),
    ],
)
def test_what_no_engine_can_hold_is_refused(body: bytes, error: type[SCIMException]) -> None:
    with pytest.raises(error):
        read_object(body, 3)


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf{}",
        b'{"a":[[1]]}',
        b'{"a":"[[[[{{{{"}',
        b'{"a":[1],"b":[1],"c":[1],"d":[1]}',
        b'{"a":"\\ud83d\\ude00"}',
        b'{"a":"\\\\u0000"}',
    ],
)
def test_what_only_looks_like_it_is_read(body: bytes) -> None:
    assert read_object(body, 3) is not None
