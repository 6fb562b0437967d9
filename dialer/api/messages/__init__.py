"""Messages from supervisors to reps."""
