"""Phones in browsers: their passwords, given at login and taken back with the session."""
