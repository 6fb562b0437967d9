"""Campaigns: made, started, paused, stopped."""
