"""Times in requests: finite, and such as every database can hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

#: Unix seconds, 1970 to 2286.
Moment = Annotated[float, Field(ge=0, lt=10_000_000_000, allow_inf_nan=False)]
