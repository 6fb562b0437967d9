"""The audit log: read, never written from outside."""
