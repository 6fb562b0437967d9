"""Conversations under way: hold, park, transfer, keys, recording."""
