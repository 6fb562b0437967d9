"""May this number be called now, and if not, why and until when."""

from __future__ import annotations

from dialer.compliance.gate import ComplianceGate
from dialer.compliance.rules import CallingRules, calling_rules

__all__ = ["CallingRules", "ComplianceGate", "calling_rules"]
