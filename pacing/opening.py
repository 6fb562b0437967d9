"""Opening a pacer by the name of its method."""

from __future__ import annotations

from pacing.adaptive import AdaptivePacer
from pacing.baselines import ProgressivePacer, RatioPacer
from pacing.predictive import PredictivePacer
from pacing.protocol import Pacer
from pacing.settings import PacingSettings


def open_pacer(settings: PacingSettings, saved: bytes | None = None) -> Pacer:
    """A pacer that knows what `saved` (an earlier pacer's `save()`) has learned.

    Raises ValueError if `saved` is not pacing data of a known version.
    """
    if not isinstance(settings, PacingSettings):
        raise ValueError(f"settings must be PacingSettings, not {settings!r}")
    if settings.method == "progressive":
        return ProgressivePacer(settings, saved)
    if settings.method == "ratio":
        return RatioPacer(settings, saved)
    if settings.method == "adaptive":
        return AdaptivePacer(settings, saved)
    return PredictivePacer(settings, saved)
