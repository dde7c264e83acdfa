"""Calls of an app's endpoints, written down as programs that run."""
