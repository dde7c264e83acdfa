"""The synchronous shell: threads and blocking sockets."""
