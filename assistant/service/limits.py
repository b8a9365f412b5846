"""How often a caller may knock: a moving window for each key, and for each address of those without one.

In: a caller's name or address. Out: 0, or the seconds after which it may try again. Counted in this process's memory.
"""

import math
import time
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

NETWORK_BITS = 64  # the smallest IPv6 network that is handed out: one subscriber has all of its addresses


class RateLimits:
    """The two limits, each as "60/minute", and what was counted so far. Safe to share between threads."""

    def __init__(self, *, key: str, anonymous: str) -> None:
        self._key = parse(key)
        self._anonymous = parse(anonymous)
        self._counted = MovingWindowRateLimiter(MemoryStorage())

    def wait_of_key(self, id: str) -> int:
        """Count a request of a key: 0 when it may pass, else the whole seconds until the next may."""
        return self._wait(self._key, "key", id)

    def wait_of_address(self, address: str) -> int:
        """Count a request without a key: 0 when it may pass, else the whole seconds until the next may."""
        return self._wait(self._anonymous, "address", network_of(address))

    def _wait(self, limit: RateLimitItem, *caller: str) -> int:
        if self._counted.hit(limit, *caller):
            return 0
        reset = self._counted.get_window_stats(limit, *caller).reset_time
        return max(1, math.ceil(reset - time.time()))


def network_of(address: str) -> str:
    """What counts as one caller: an IPv4 address, an IPv6 /64; anything else as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), NETWORK_BITS), strict=False))
