"""Imports: files of leads, looked at before they go in, and undone."""

from __future__ import annotations

from dialer.kit.feature import Feature

FEATURE = Feature(__name__, jobs=("jobs:DELETE_REJECTED", "jobs:DROP_DRAFTS"))
