"""Several copies of an app behind one client."""
