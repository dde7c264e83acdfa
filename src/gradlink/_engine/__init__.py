"""What the clients decide, decided once: events in, effects out, no clock, lock, thread, socket or event loop."""
