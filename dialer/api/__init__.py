"""The HTTP server: every feature put together, one way in."""
