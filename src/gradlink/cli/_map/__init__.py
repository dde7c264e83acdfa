"""What ``gradlink map`` reads, binds and writes."""
