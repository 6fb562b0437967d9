"""`python -m bench.pacing`."""

from __future__ import annotations

import sys

from bench.pacing import main

sys.exit(main())
