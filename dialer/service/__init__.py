"""The service: everything put together, once. `dialer.service.run.run_service` is its start."""
