"""Reps: added, and steered."""
