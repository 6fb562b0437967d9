"""The HTTP API, by resource: endpoints, schemas and a service each."""
