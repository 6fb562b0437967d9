"""Why the service cannot start."""

from __future__ import annotations


class StartError(Exception):
    """One line: what is wrong and what to do."""
