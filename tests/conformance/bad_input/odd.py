"""Odd strings, JSON values and bodies: what breaks servers that trust their input."""

# ruff: noqa: RUF001 - characters that look like others are the point

import json
from collections.abc import Iterator

_LONG = (255, 256, 1000, 2048, 2705, 4097, 8192)
"""Lengths about which buffers, indexes and pages end."""


def strings() -> list[str]:
    """Return every odd string, once."""
    return list(
        dict.fromkeys(
            [
                *_characters(),
                *_unicode(),
                *_statements(),
                *_syntaxes(),
                *_numbers_as_text(),
                *("x" * length for length in _LONG),
                *("é" * length for length in _LONG),
            ]
        )
    )


def _characters() -> Iterator[str]:
    """Return characters that text processing treats specially, alone and within a word."""
    controls = [*range(0x20), 0x7F, 0x80, 0x85, 0x9F]
    spaces = (0xA0, 0xAD, 0x2000, 0x200B, 0x200D, 0x2028, 0x2029, 0x2060, 0x3000, 0xFEFF)
    directions = (0x200E, 0x200F, 0x202A, 0x202D, 0x202E, 0x2066, 0x2069)
    surrogates = (0xD800, 0xDBFF, 0xDC00, 0xDFFF)
    edges = (0x7FF, 0x800, 0xE000, 0xF8FF, 0xFDD0, 0xFFFD, 0xFFFE, 0xFFFF)
    planes = (0x10000, 0x1F600, 0x1FFFE, 0x2FA1D, 0xE0001, 0xE01EF, 0xF0000, 0x10FFFD, 0x10FFFF)
    for point in (*controls, *spaces, *directions, *surrogates, *edges, *planes):
        yield chr(point)
        yield f"a{chr(point)}b"


def _unicode() -> Iterator[str]:
    """Return names that are equal, or are not, depending on how one folds them."""
    yield from ("É", "É", "é", "é", "Å", "Å", "Å", "K", "k", "ſ", "S", "ſt", "ﬆ")
    yield from ("ß", "ẞ", "SS", "ss", "İ", "i̇", "ı", "I", "i", "Σ", "σ", "ς", "ΑΣ", "ας", "ας.")
    yield from ("Dž", "ǆ", "ﬁ", "fi", "FI", "ａ", "Ａ", "①", "²", "½", "ª", "µ", "μ", "ŉ", "ʼn")
    yield from ("한", "한", "か\u3099", "が", "ｶﾞ", "क़", "क़", "ﷺ", "שלום", "مرحبا", "עִבְרִית", "ไทย")
    yield from (
        "👩‍👩‍👧‍👦",
        "👍🏽",
        "🇩🇪",
        "🏴\U000e0067\U000e0062\U000e007f",
        "☺",
        "☺️",
        "1️⃣",
        "𝒳",
        "𠜎",
    )
    yield from ("e" + "\u0301" * 500, "\u0301", "\u0345", "q\u0323\u0307", "q\u0307\u0323")
    yield from ("\u0378", "\U000e0fff", "Ꞵ", "ა", "Ა", "ꭰ", "Ꭰ", "\U0001e921", "\U0001e943")


def _statements() -> Iterator[str]:
    """Return what scanners send to find an SQL injection, and the wildcards of LIKE."""
    yield from ("'", "''", '"', "`", "';", "'--", "' --", "'#", "'/*", "*/", "\\", "\\'", "\\\\")
    yield from (
        "' OR '1'='1",
        "' OR 1=1--",
        '" OR ""="',
        "') OR ('1'='1",
        "1 OR 1=1",
        "1' AND '1'='2",
    )
    yield from (
        "admin'--",
        "' UNION SELECT NULL--",
        "' UNION ALL SELECT 1,2,3--",
        "1 UNION SELECT 1",
    )
    yield from ("'; DROP TABLE resource; --", "'; DELETE FROM token; --", "1; SELECT pg_sleep(5)--")
    yield from ("' AND SLEEP(5)--", "' || pg_sleep(5)--", "'; WAITFOR DELAY '0:0:5'--")
    yield from (
        "1 AND (SELECT 1 FROM pg_sleep(5))",
        "' AND randomblob(500000000)--",
        "load_extension('x')",
    )
    yield from (
        "$$",
        "$1",
        "?",
        "?1",
        ":name",
        "@x",
        "%s",
        "%(x)s",
        "%d%n",
        "{}",
        "{0}",
        "{0.__class__}",
    )
    yield from (
        "%",
        "_",
        "%%",
        "%a%",
        "a_b",
        "\\%",
        "\\_",
        "[a-z]",
        "*",
        "a*",
        "^",
        "~",
        "!",
        "|",
        "||",
    )
    yield from (
        "E'\\x00'",
        "U&'\\0000'",
        "x'00'",
        "CAST('a' AS int)",
        "a::int",
        '\' COLLATE "C"',
        "NULL",
    )
    yield from (
        "AND 1=CONVERT(int,@@version)",
        "extractvalue(1,0x7e)",
        "(SELECT 1)",
        "1)) OR ((1=1",
    )


def _syntaxes() -> Iterator[str]:
    """Return pieces of other languages: paths, templates, markup, shells, SCIM's own filters."""
    yield from (
        "__proto__",
        "constructor",
        "prototype",
        "__class__",
        "toString",
        "schemas",
        "$ref",
        "$",
    )
    yield from (
        "..",
        "../../etc/passwd",
        "..%2f..%2f",
        "%00",
        "%0d%0a",
        "%",
        "%zz",
        "%u0000",
        "file:///",
    )
    yield from (
        "\r\nX-Injected: 1",
        "a\r\n\r\nb",
        "a,b",
        "a;b",
        "a=b",
        "a&b",
        "#",
        "//",
        "http://[::1",
    )
    yield from (
        "<script>alert(1)</script>",
        "<!--",
        "&lt;",
        "]]>",
        "<?xml?>",
        "{{7*7}}",
        "${7*7}",
        "#{7*7}",
    )
    yield from (
        "$(id)",
        "`id`",
        "|id",
        "=1+1",
        "@SUM(1)",
        "-1",
        "+1",
        "true",
        "false",
        "null",
        "undefined",
    )
    yield from (
        "userName",
        "userName pr",
        'userName eq "x"',
        "emails[",
        "emails[]",
        "a.b",
        "a.b.c",
        ".a",
        "a.",
    )
    yield from (
        "not (",
        "(((",
        ")))",
        "urn:",
        "urn:x",
        "urn:x:",
        "urn:ietf:params:scim:schemas:core:2.0:User:",
    )
    yield from (
        "urn:ietf:params:scim:schemas:core:2.0:User:userName",
        "URN:X:Y.z",
        "emails.value",
        "id",
        "meta",
    )
    yield from (
        'userName eq "x" or',
        "userName eq",
        'userName eq "\\',
        'a eq "\\ud800"',
        'a eq "\\u0000"',
    )


def _numbers_as_text() -> Iterator[str]:
    yield from (
        "",
        " ",
        "  ",
        "0",
        "-0",
        "00",
        "1e400",
        "NaN",
        "Infinity",
        "-Infinity",
        "0x10",
        "1_000",
    )
    yield from ("٣", "²", "9" * 5000, "2147483648", "9223372036854775808", "1.7976931348623157e309")
    yield from (
        "2026-02-30T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "2026-11-24",
    )


def values() -> list[str]:
    """Return odd JSON values, as they stand in a body."""
    numbers = (0, -1, 1.5, 2**31, -(2**31) - 1, 2**53 + 1, 2**63, -(2**63) - 1, 2**64, 2**200)
    return [
        *map(str, numbers),
        *("-0", "0.0", "1e3", "1E+2", "1e308", "1e309", "-1e999", "1e-999", "5e-324", "0.1e1"),
        *("9" * 4300, "9" * 4301, "9" * 5000, "-" + "9" * 5000, "0." + "9" * 5000),
        *("NaN", "Infinity", "-Infinity", "nan", "01", "+1", ".5", "1.", "0x10", "1_0"),
        *("true", "false", "null", "True", "None", "undefined", '""', '" "', "[]", "{}"),
        *("[[]]", "[{}]", "[null]", "[1]", '["x"]', "[true]", '[["x"]]', "[{}, {}]", '[{"x": 1}]'),
        *(
            '{"value": null}',
            '{"value": 1}',
            '{"value": "x"}',
            '{"value": ["x"]}',
            '{"x": {"y": 1}}',
        ),
        *(
            '[{"value": "x"}]',
            '[{"value": "x"}, {"value": "x"}]',
            '[{"value": null}]',
            '[{"value": 1}]',
        ),
        *('[{"value": "x", "primary": "yes"}]', '[{"value": "x", "type": 1}]', '[{"$ref": "x"}]'),
        *('{"__proto__": {"active": true}}', '{"a": 1, "a": 2}', '{"a": 1, "A": 2}', '{"": 1}'),
        *('"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\ud83d\\ude00"', '"\\uD83D"', '"\\x41"'),
        *(
            '"a\\u0000b"',
            '"\\/"',
            "'x'",
            '"x',
            '"\t"',
            '"\x7f"',
            "[" * 31 + "]" * 31,
            "[" * 40 + "]" * 40,
        ),
        *(
            '"2026-11-24T12:00:00Z"',
            '"yesterday"',
            '"TRUE"',
            '"False"',
            '"1"',
            '"https://x"',
            '"AAAA"',
        ),
    ]


def bodies() -> list[bytes]:
    """Return odd bodies, most of which would be a user."""
    user = b'{"userName": "odd"}'
    text = user.decode()
    return [
        b"\xef\xbb\xbf" + user,
        b"\xef\xbb\xbf\xef\xbb\xbf" + user,
        *(
            text.encode(encoding)
            for encoding in ("utf-16", "utf-16-le", "utf-32", "utf-7", "cp500")
        ),
        *(user.replace(b"odd", b"o" + bad) for bad in _not_utf_8()),
        b'{"userName": "odd", "userName": "odd2"}',
        b'{"userName": "odd", "USERNAME": "odd2"}',
        b'{"userName": "odd", "username": null}',
        b'{"__proto__": {"userName": "odd"}}',
        b'{"userName": "odd", "__proto__": null, "constructor": {"prototype": {}}}',
        b'{"userName": "odd", "": 1, " ": 2, "\\u0000": 3}',
        *(user + tail for tail in (b"\0", b" \0", b"{}", b",", b"\x1a", b"//", b"\xff")),
        *(head + user for head in (b"\0", b")]}',\n", b"\x0b", b"while(1);", b"\xc2\xa0")),
        json.dumps(
            {"userName": "odd", **{f"a{number}": number for number in range(2000)}}
        ).encode(),
        json.dumps({"userName": "odd", "emails": [{"value": "x"}] * 2000}).encode(),
        json.dumps({"userName": "odd", "x" * 100_000: 1}).encode(),
        json.dumps({"userName": "x" * 100_000}).encode(),
        b'{"userName": "odd", "title": "' + b"\\u00e9" * 20_000 + b'"}',
        b" " * 1000 + user + b"\n" * 1000,
    ]


def _not_utf_8() -> tuple[bytes, ...]:
    """Return bytes that are no UTF-8: alone, overlong, cut off, surrogates, beyond Unicode."""
    return (
        b"\x80", b"\xbf", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xc3",
        b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff\xfe", b"\xe9",
    )  # fmt: skip
