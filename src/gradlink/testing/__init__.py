"""Tools for tests of programs that use gradlink: see :mod:`gradlink.testing.hub`."""
