"""Browser phones' passwords in Asterisk's own database, where its SIP stack looks for them first.

`sorcery.conf` has `res_pjsip` look for accounts in the database before the files. So one DBPut is
enough for a new password: nothing is reloaded, written to a file or restarted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
from collections.abc import Mapping

from dialer.asterisk.client import AmiClient
from dialer.asterisk.errors import ActionFailed, AmiError
from dialer.asterisk.node_settings import AsteriskSettings, Phone
from dialer.asterisk.render import phone_sections
from dialer.ports.switch import SwitchDownError

#: The database's family, as `sorcery.conf` names it.
FAMILY = "dialer"
#: Goes into every digest: with another one no password would fit.
REALM = "dialer"


class AstdbPhoneKeys:
    """`node`: what listeners' phones are made after."""

    def __init__(self, ami: AmiClient, node: AsteriskSettings) -> None:
        self._ami, self._node = ami, node

    async def give(self, endpoint: str, password: str) -> bool:
        try:
            await self._put("auth", f"{endpoint}-auth", _account(endpoint, password))
            return await self._is_in_force(endpoint)
        except AmiError as error:
            raise SwitchDownError(str(error)) from None

    async def lock(self, endpoint: str) -> None:
        """Deleting the account would let the file's own password work again."""
        try:
            await self._put("auth", f"{endpoint}-auth", _account(endpoint, secrets.token_hex(32)))
        except AmiError as error:
            raise SwitchDownError(str(error)) from None

    async def give_listener(self, endpoint: str, password: str) -> bool:
        sections = phone_sections(Phone(endpoint, "webrtc", password), self._node)
        try:
            await self._put("aor", endpoint, sections["aor"])
            await self._put("endpoint", endpoint, _one_codec_line(sections["endpoint"]))
        except AmiError as error:
            raise SwitchDownError(str(error)) from None
        return await self.give(endpoint, password)

    async def remove_listener(self, endpoint: str) -> None:
        try:
            for kind, key in (("auth", f"{endpoint}-auth"), ("endpoint", endpoint)):
                await self._delete(kind, key)
            await self._delete("aor", endpoint)
        except AmiError as error:
            raise SwitchDownError(str(error)) from None

    async def _put(self, kind: str, key: str, values: Mapping[str, str]) -> None:
        text = json.dumps(values, separators=(",", ":"))
        await self._ami.action("DBPut", Family=f"{FAMILY}/{kind}", Key=key, Val=text)

    async def _delete(self, kind: str, key: str) -> None:
        # Refused: there is none, which is what was wanted.
        with contextlib.suppress(ActionFailed):
            await self._ami.action("DBDel", Family=f"{FAMILY}/{kind}", Key=key)

    async def _is_in_force(self, endpoint: str) -> bool:
        """Whether the SIP stack sees what is in the database: an Asterisk of somebody else's that
        was not restarted with our `sorcery.conf` does not.
        """
        asked = f"AST_SORCERY(res_pjsip,auth,{endpoint}-auth,realm)"
        try:
            reply = await self._ami.action("Getvar", Variable=asked)
        except ActionFailed:
            return False
        return bool(reply.get("Value", "") == REALM)


def _account(endpoint: str, password: str) -> dict[str, str]:
    """A digest in the password's place: who reads it has no password."""
    text = f"{endpoint}:{REALM}:{password}"
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return {"auth_type": "md5", "username": endpoint, "realm": REALM, "md5_cred": digest}


def _one_codec_line(values: Mapping[str, str]) -> dict[str, str]:
    """`disallow` counts only before `allow`, and nothing promises an order here."""
    kept = {key: value for key, value in values.items() if key not in {"disallow", "type"}}
    return {**kept, "allow": f"!all,{kept['allow']}"}
