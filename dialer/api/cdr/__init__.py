"""Call detail records go out."""
