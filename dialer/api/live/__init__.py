"""Live push: what changes on the floors, told to every screen over one WebSocket each."""
