"""The asynchronous shell: tasks on an event loop, no thread."""
