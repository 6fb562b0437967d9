"""What the rules of @title@ ask of the running program. Verbs of their own stand here."""

from __future__ import annotations

from collections.abc import Sequence

from dialer.features.@many@ import rules
from dialer.features.@many@.records import @One@
from dialer.kit.context import ApiContext
from dialer.kit.faults import Fault


async def check(context: ApiContext, record: @One@) -> Sequence[Fault]:
    return list(rules.faults(record, context.settings().pools))
