"""Sending with a person's token: the token is asked for at each send, and once more when the service refuses it.

Source: identity.md section 10; Microsoft identity platform, claims challenges.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from typing import Protocol

from liaison.errors import SignInExpired
from liaison.wire.messages import Answer, Ask
from liaison.wire.transport import Transport

_CLAIMS = re.compile(r'\bclaims="([^"]*)"')


class Bearer(Protocol):
    """Where one holder's tokens for one service come from."""

    @property
    def who(self) -> str:
        """The holder, for limits that a service counts for each user."""
        ...

    async def __call__(self, refused: str = "", claims: str = "") -> str:
        """A token that should be accepted now.

        `refused` is a token that the service just refused, not to be given again; `claims` is the JSON of what the
        service asks a new one to carry.
        """
        ...


async def send_with_bearer(transport: Transport, ask: Ask, bearer: Bearer) -> Answer:
    """The answer to the ask made with a token. Raises SignInExpired when a fresh token is refused as well.

    A refused token means that nothing was done, so that any ask may be made again.
    """
    token = await bearer()
    answer = await transport.send(replace(ask, token=token))
    if answer.status != 401:
        return answer
    token = await bearer(refused=token, claims=read_claims(answer.header("www-authenticate")))
    answer = await transport.send(replace(ask, token=token))
    if answer.status == 401:
        raise SignInExpired(f"{ask.service} refused the token")
    return answer


def read_claims(challenge: str) -> str:
    """The JSON of a claims challenge, empty when there is none. The value is base64, with or without padding."""
    if "insufficient_claims" not in challenge:
        return ""
    found = _CLAIMS.search(challenge)
    if found is None:
        return ""
    text = found.group(1).replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
