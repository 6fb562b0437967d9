"""Recordings: found, described, listened to."""
