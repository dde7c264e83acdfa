"""The programs that the recorder writes."""
