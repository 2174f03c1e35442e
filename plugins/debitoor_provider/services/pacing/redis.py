"""Calls counted in Redis, for all machines that use a key.

A sorted set holds the moments of the calls, a key that expires the pause. Each question is one Lua script, which Redis
runs alone and by its own clock; when that was set back, the count starts again. (pyrate-limiter's Redis bucket uses
each client's clock, and fails for good when Redis has forgotten its script.)
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.services.pacing.store import Wait, share_of, store_unavailable, store_unusable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis import Redis

    from debitoor_provider.services.pacing.store import Windows

_STORE = "Redis"
_ANSWER_WITHIN = 5.0
_CONNECTIONS = 8

_NOW = "local time = redis.call('TIME'); local now = time[1] * 1000 + math.floor(time[2] / 1000)"

_TAKE = f"""
local pause = redis.call('PTTL', KEYS[2])
if pause > 0 then return {{pause, 1}} end
if #ARGV == 2 then return {{0, 0}} end
{_NOW}
local longest = tonumber(ARGV[#ARGV])
local latest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if latest[2] and latest[2] - now > 1000 then redis.call('DEL', KEYS[1]) end -- the server's clock was set back
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. now - longest)
local wait = 0
for i = 3, #ARGV, 2 do
    -- The call that has to leave the window before the new ones fit in.
    local place = ARGV[i] - ARGV[2]
    local call = redis.call('ZREVRANGE', KEYS[1], place, place, 'WITHSCORES')
    if call[2] then wait = math.max(wait, call[2] + ARGV[i + 1] - now + 1) end
end
if wait > 0 then return {{wait, 0}} end
for i = 1, ARGV[2] do redis.call('ZADD', KEYS[1], now, ARGV[1] .. i) end
redis.call('PEXPIRE', KEYS[1], longest)
return {{0, 0}}
"""

_PAUSE = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) end
"""

_TAKEN = f"{_NOW} return redis.call('ZCOUNT', KEYS[1], now - ARGV[1], '+inf')"


class RedisStore:
    """The calls and the pause of a key, in Redis."""

    def __init__(self, url: str, name: str, windows: Windows, process: int) -> None:
        client = _client(url, process)
        self._windows = [(limit, round(seconds * 1000)) for limit, seconds in windows]
        # In braces, what a cluster places the keys by: both have to lie on one machine.
        self._calls, self._pause = f"debitoor:{{{name}}}:calls", f"debitoor:{{{name}}}:pause"
        # These load themselves again after Redis was restarted.
        self._take_call = client.register_script(_TAKE)
        self._make_pause = client.register_script(_PAUSE)
        self._count_taken = client.register_script(_TAKEN)

    def take(self, share: float = 1.0, calls: int = 1) -> Wait | None:
        """Count calls if they are allowed now."""
        # Named by us: sent again after a lost answer, it is the same call.
        windows = ((share_of(limit, share), milliseconds) for limit, milliseconds in self._windows)
        arguments = [secrets.token_hex(8), calls, *(number for window in windows for number in window)]
        wait, requested = self._run(self._take_call, [self._calls, self._pause], arguments)
        return Wait(wait / 1000, bool(requested)) if wait else None

    def pause(self, seconds: float) -> None:
        """Allow no call with the key before so many seconds have passed."""
        self._run(self._make_pause, [self._pause], [max(1, round(seconds * 1000))])

    def left(self) -> int:
        """Return how many calls the longest window still allows."""
        if not self._windows:
            return 0
        limit, milliseconds = self._windows[-1]
        return max(0, limit - int(self._run(self._count_taken, [self._calls], [milliseconds])))

    @staticmethod
    def _run(script: Any, keys: list[str], arguments: list[Any]) -> Any:
        with _plain_errors():
            return script(keys=keys, args=arguments)


@lru_cache(maxsize=8)
def _client(url: str, process: int) -> Redis:  # noqa: ARG001 (a forked process needs connections of its own)
    try:
        from redis import BlockingConnectionPool, Redis
        from redis.backoff import ExponentialWithJitterBackoff
        from redis.retry import Retry
    except ImportError:
        raise Misconfigured(Message("pacing_driver_missing", store=_STORE, extra="redis")) from None
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_ANSWER_WITHIN,
            socket_timeout=_ANSWER_WITHIN,
            socket_connect_timeout=_ANSWER_WITHIN,
            retry=Retry(ExponentialWithJitterBackoff(cap=1, base=0.1), retries=3),
        )
    except (ValueError, TypeError):
        raise store_unusable(Message("pacing_redis_url_invalid")) from None
    return Redis(connection_pool=pool)


@contextmanager
def _plain_errors() -> Iterator[None]:
    from redis import exceptions as failures

    passing = (
        failures.ConnectionError,
        failures.TimeoutError,
        failures.ReadOnlyError,  # the other machine of a pair takes over
        failures.TryAgainError,
        failures.ClusterDownError,
        failures.OutOfMemoryError,
    )
    try:
        yield
    except (failures.AuthenticationError, failures.AuthorizationError):  # in redis-py these are connection errors
        raise store_unusable(Message("pacing_redis_unusable")) from None
    except passing:
        raise store_unavailable(_STORE) from None
    except (failures.RedisError, TypeError):  # TypeError: an option of the address that the driver does not know
        raise store_unusable(Message("pacing_redis_unusable")) from None
