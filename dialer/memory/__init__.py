"""The ports in memory: what a simulation runs on, and what tests compare the real parts with."""
