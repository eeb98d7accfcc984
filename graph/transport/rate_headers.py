"""What a response says of the caller's quotas: `RateLimit-Policy` and `RateLimit`.

See https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (10): lists of quotas by name, with `q`, what
there is in `w` seconds; `r`, what is left; and `t`, the seconds until there is all of it again.
"""

from collections.abc import Mapping
from functools import lru_cache
from math import ceil
from typing import Final

from domain.windows import MINUTE, Balance
from graph.transport.refusals import Header

POLICY: Final = b"ratelimit-policy"
LIMIT: Final = b"ratelimit"


def rate_headers(balances: Mapping[str, Balance]) -> tuple[Header, ...]:
    """The headers for what was counted; none where nothing was."""
    if not balances:
        return ()
    policies, lefts = [], []
    for name, (limit, remaining, seconds) in balances.items():
        policies.append((name, limit))
        lefts.append(f'"{name}";r={remaining};t={ceil(seconds)}')
    return (POLICY, _policy(*policies)), (LIMIT, ", ".join(lefts).encode())


@lru_cache(maxsize=100)
def _policy(*quotas: tuple[str, int]) -> bytes:
    return ", ".join(f'"{name}";q={limit};w={MINUTE}' for name, limit in quotas).encode()
