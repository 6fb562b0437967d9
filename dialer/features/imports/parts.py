"""What this feature keeps in the running program: drafts, and imports that go on."""

from __future__ import annotations

from dialer.features.imports.drafts import Drafts
from dialer.kit.parts import Part

DRAFTS: Part[Drafts] = Part("drafts", Drafts)
