"""Floors: the live state of each pool."""
