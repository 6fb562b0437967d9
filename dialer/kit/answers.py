"""Answers made of the engine's own records, encoded without a detour: the loop that encodes them
is the loop that answers calls.
"""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import Response
from msgspec.structs import replace

from dialer.log import mask_number
from dialer.ports.control import AgentView

_encoder = msgspec.json.Encoder(enc_hook=dict)


def json_answer(value: Any, status: int = 200) -> Response:
    """`value` (records, mappings, lists) as a JSON answer."""
    return Response(_encoder.encode(value), status, media_type="application/json")


def announced_only(view: AgentView) -> AgentView:
    """A rep's row without listeners of whom reps are not told."""
    if not view.watchers:
        return view
    return replace(view, watchers=[it for it in view.watchers if it.announced])


def masked(number: str) -> str:
    return mask_number(number) if number else ""
