import pytest

from benchmarks.wrk import LoadError, Measured, read_output

OUTPUT = """\
Running 3s test @ http://127.0.0.1:5000
  2 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     6.11ms    1.02ms  19.31ms   91.45%
    Req/Sec   662.13     40.20   737.00     75.00%
  Latency Distribution
     50%  850.00us
     75%    6.20ms
     90%    6.90ms
     99%    1.21s
  3963 requests in 3.01s, 3.67MB read
Requests/sec:   1316.48
Transfer/sec:      1.22MB
"""


def test_each_unit_of_time_becomes_milliseconds() -> None:
    assert Measured(1316.48, 0.85, 1210.0, 3963) == read_output(OUTPUT)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("0.00us", 0.0), ("12.50us", 0.0125), ("3.00ms", 3.0), ("1.50s", 1500.0), ("1.10m", 66000.0)],
)
def test_a_percentile_is_read_in_its_unit(text: str, milliseconds: float) -> None:
    assert pytest.approx(milliseconds) == read_output(OUTPUT.replace("850.00us", text)).p50


@pytest.mark.parametrize(
    "trouble",
    [
        "  Non-2xx or 3xx responses: 17\n",
        "  Socket errors: connect 0, read 3, write 0, timeout 0\n",
        "  Socket errors: connect 0, read 0, write 0, timeout 12\n",
    ],
)
def test_a_rate_of_errors_is_no_rate(trouble: str) -> None:
    output = OUTPUT.replace("Requests/sec", f"{trouble}Requests/sec")

    with pytest.raises(LoadError, match=trouble.strip()):
        read_output(output)


@pytest.mark.parametrize("output", ["", "unable to connect", OUTPUT.replace("99%", "98%")])
def test_what_cannot_be_read_is_said(output: str) -> None:
    with pytest.raises(LoadError, match="wrk said"):
        read_output(output)
