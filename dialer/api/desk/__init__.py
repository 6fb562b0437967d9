"""What is before a rep: the call, notes, callbacks, the day."""
