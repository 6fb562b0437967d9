"""Listening in on reps' calls: listen, whisper, join, take over."""
