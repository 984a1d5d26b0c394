"""No request fails while a server behind a load balancer is stopped and started under load."""

from collections import Counter

from tests.scaling.balancers import HAProxy, Nginx
from tests.scaling.conftest import Pair
from tests.scaling.load import KINDS, Clients, Load, assert_each_is_there_once

_CLIENTS = 4
"""So many requests are under way at most: each client waits for its answer."""


def stored(pair: Pair, token: str, load: Load) -> Counter[str]:
    """Return how often each user and group of a load is there, whoever made it."""
    run = next(iter(load.sent)).partition("-")[0]
    names: Counter[str] = Counter()
    for kind, attribute in KINDS:
        url = f"/scim/v2/{kind}?filter={attribute}%20sw%20%22{run}-%22&attributes={attribute}"
        start, total = 1, 1
        while start <= total:
            page = pair.a.ask("GET", f"{url}&startIndex={start}", token).body
            names.update(one[attribute] for one in page["Resources"])
            start, total = start + page["itemsPerPage"], page["totalResults"]
    return names


def test_haproxy_loses_nothing_when_a_server_is_restarted(
    pair: Pair, haproxy: HAProxy, token: str
) -> None:
    with Clients(haproxy, token) as clients:
        assert pair.a.stop() == 0
        clients.work()
        pair.a.start(workers=2)
        haproxy.await_ready("a")
        clients.work()

    load = clients.load()
    assert ([], []) == (load.failed_reads, load.failed_writes)
    assert load.made == load.sent
    assert_each_is_there_once(load, stored(pair, token, load))


def assert_repeated(failed_reads: list[str]) -> None:
    """Nobody can repeat a read whose answer has begun; that is one, if any, at a kill."""
    assert [] == [each for each in failed_reads if "IncompleteRead" not in each]
    assert len(failed_reads) <= 1, failed_reads


def test_haproxy_repeats_the_reads_of_a_server_that_is_killed(
    pair: Pair, haproxy: HAProxy, token: str
) -> None:
    """A write that the killed server had begun is answered with an error, and never repeated."""
    with Clients(haproxy, token) as clients:
        pair.b.kill()
        haproxy.await_left("b")
        clients.work()
        pair.b.start()
        haproxy.await_ready("b")
        clients.work()

    load = clients.load()
    assert_repeated(load.failed_reads)
    assert len(load.failed_writes) <= _CLIENTS, load.failed_writes
    assert_each_is_there_once(load, stored(pair, token, load))


def test_nginx_loses_nothing_when_a_server_is_taken_out_and_restarted(
    pair: Pair, nginx: Nginx, token: str
) -> None:
    """By connections of their own: those that idle while nginx is reloaded are closed."""
    with Clients(nginx, token, keeping=0) as clients:
        nginx.leave(pair.b.port)
        pair.b.stop_at_once()
        clients.work()
        pair.b.start()
        nginx.use(pair.b.port)
        clients.work()

    load = clients.load()
    assert ([], []) == (load.failed_reads, load.failed_writes)
    assert load.made == load.sent
    assert_each_is_there_once(load, stored(pair, token, load))


def test_nginx_repeats_the_reads_of_a_server_that_is_killed(
    pair: Pair, nginx: Nginx, token: str
) -> None:
    with Clients(nginx, token) as clients:
        pair.b.kill()
        clients.work()
        pair.b.start()
        clients.work()

    load = clients.load()
    assert_repeated(load.failed_reads)
    assert len(load.failed_writes) <= _CLIENTS, load.failed_writes
    assert_each_is_there_once(load, stored(pair, token, load))
