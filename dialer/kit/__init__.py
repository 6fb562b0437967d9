"""What every feature stands on, and no business of its own."""
