"""What operators look at: nodes, trunks, versions, settings, checks, log levels."""
