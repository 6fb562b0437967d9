"""Benchmarks: `python -m bench` runs them all, `python -m bench NAME …` some; --quick is
shorter.
"""
