"""A year of calls that never were: for reports that have something to show, and for benchmarks."""
