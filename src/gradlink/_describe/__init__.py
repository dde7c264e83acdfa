"""What an app offers, in words and in Python: pure."""
