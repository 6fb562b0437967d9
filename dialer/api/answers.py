"""Answers made of the engine's own records, encoded without a detour: the loop that encodes them
is the loop that answers calls.
"""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import Response

from dialer.log import mask_number

_encoder = msgspec.json.Encoder(enc_hook=dict)


def json_answer(value: Any, status: int = 200) -> Response:
    """`value` (records, mappings, lists) as a JSON answer."""
    return Response(_encoder.encode(value), status, media_type="application/json")


def masked(number: str) -> str:
    return mask_number(number) if number else ""
