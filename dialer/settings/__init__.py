"""Settings: one TOML, read, checked as a whole, and read again while the service runs."""
