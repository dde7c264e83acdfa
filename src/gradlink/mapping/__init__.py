"""Many calls of one endpoint: what is decided about them, and their journal."""
