"""The effect of a change of settings, simulated before it is made."""
