"""RSA keys that follow from a few bytes: for a tenant with a seed, whose tokens repeat themselves."""

from __future__ import annotations

import math
import random
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import rsa

_EXPONENT = 65537
_PRIME_BITS = 1024
_ROUNDS = 4  # an error is rarer than 1 in 2**80 at this size
_SIEVE = math.prod(
    number for number in range(3, 8000, 2) if all(number % low for low in range(3, 90, 2) if low < number)
)


@lru_cache(maxsize=8)
def derived_key(origin: bytes) -> rsa.RSAPrivateKey:
    """The key of 2048 bits that belongs to these bytes."""
    chance = random.Random(origin)
    p, q = _prime(chance), _prime(chance)
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(_EXPONENT, p * q),
    ).private_key()  # fmt: skip


def _prime(chance: random.Random) -> int:
    while True:
        # Both upper bits are set, so that the product of two has its full length.
        found = chance.getrandbits(_PRIME_BITS) | 3 << (_PRIME_BITS - 2) | 1
        if math.gcd(found, _SIEVE) == 1 and found % _EXPONENT != 1 and _is_prime(found, chance):
            return found


def _is_prime(number: int, chance: random.Random) -> bool:
    """Miller and Rabin's test."""
    odd, halvings = number - 1, 0
    while odd % 2 == 0:
        odd, halvings = odd // 2, halvings + 1
    return all(_agrees(number, chance.randrange(2, number - 1), odd, halvings) for _ in range(_ROUNDS))


def _agrees(number: int, base: int, odd: int, halvings: int) -> bool:
    power = pow(base, odd, number)
    if power in (1, number - 1):
        return True
    for _ in range(halvings - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False
