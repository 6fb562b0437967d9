"""Every figure there is. A feature with facts of its own adds its figures to this list."""

from __future__ import annotations

from collections.abc import Mapping

from figures import of_calls, of_times
from figures.figure import Figure, by_id

FIGURES: Mapping[str, Figure] = by_id((*of_calls.FIGURES, *of_times.FIGURES))
#: What a site may set, and what holds where it does not: milliseconds.
TERMS: Mapping[str, int] = {of_calls.EFFECTIVE_MS: 30_000}
