"""Alerts, and what was sent to webhooks."""
