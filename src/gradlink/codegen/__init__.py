"""Modules that are written from what an app says of itself, with types for its endpoints."""
