"""Times agreed with callees: moved and removed."""
