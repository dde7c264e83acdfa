"""Servers of this machine, for the browser of whoever has started them."""
