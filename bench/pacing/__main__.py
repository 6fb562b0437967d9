"""`python -m bench.pacing`."""

from __future__ import annotations

from bench.pacing.run import main

main()
