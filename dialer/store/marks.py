"""What a transaction leaves in the `info` of its connection for whoever runs it."""

from __future__ import annotations

#: It has written to the journal.
APPENDED = "journal appended"
