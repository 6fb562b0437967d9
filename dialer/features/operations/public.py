"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.operations.trunk_figures import FAILING_S, TrunkFigures, TrunkNumbers

__all__ = ["FAILING_S", "TrunkFigures", "TrunkNumbers"]
