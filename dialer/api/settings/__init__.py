"""Settings of pools and campaigns: seen, tried, changed, undone."""
