"""The page of `gradlink docs`, and what is exported of it. A package, so that its servers end with its last test."""
