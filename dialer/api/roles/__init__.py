"""Roles: sets of permissions, each with a data scope."""
