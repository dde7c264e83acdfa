"""This machine: files, environment, limits of names and sizes."""
