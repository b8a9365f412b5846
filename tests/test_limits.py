import time

import pytest

from assistant.service import limits
from assistant.service.limits import RateLimits, network_of


class Clock:
    """A clock that stands still until it is told to go on; the limits' own library reads it too."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_800_000_000.0
        monkeypatch.setattr(time, "time", lambda: self.now)


def test_as_many_pass_as_the_limit_says_and_then_one_as_the_window_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    counted = RateLimits(key="3/minute", anonymous="1/minute")
    assert [counted.wait_of_key("a") for _ in range(3)] == [0, 0, 0]
    clock.now += 20.5
    assert counted.wait_of_key("a") == 40
    clock.now += 39.4
    assert counted.wait_of_key("a") == 1
    clock.now += 0.2
    assert counted.wait_of_key("a") == 0


def test_who_waits_as_told_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    counted = RateLimits(key="1/minute", anonymous="5/minute")
    passed = 0
    for _ in range(200):
        wait = counted.wait_of_address("192.0.2.1")
        passed += wait == 0
        clock.now += wait or 1
    assert passed >= 100
    assert wait <= 60


def test_callers_are_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch)
    counted = RateLimits(key="1/minute", anonymous="1/minute")
    assert [counted.wait_of_key("a"), counted.wait_of_key("b"), counted.wait_of_address("a")] == [0, 0, 0]
    assert [counted.wait_of_key("a"), counted.wait_of_key("b"), counted.wait_of_address("a")] == [60, 60, 60]


def test_what_is_refused_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    counted = RateLimits(key="1/second", anonymous="1/second")
    for _ in range(50):
        counted.wait_of_key("a")
    clock.now += 1.01
    assert counted.wait_of_key("a") == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_one_subscriber_is_one_caller(address: str, network: str) -> None:
    assert network_of(address) == network


def test_neighbours_of_one_ipv6_network_share_a_limit() -> None:
    counted = RateLimits(key="1/day", anonymous="1/day")
    assert counted.wait_of_address("2001:db8::1") == 0
    assert counted.wait_of_address("2001:db8::2") > limits.NETWORK_BITS
    assert counted.wait_of_address("2001:db8:0:1::1") == 0
