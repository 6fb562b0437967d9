"""The day's results."""
