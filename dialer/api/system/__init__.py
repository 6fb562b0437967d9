"""The system: health, readiness, figures, reload."""
