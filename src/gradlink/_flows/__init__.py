"""Procedures as generators that yield what they want done and are sent the replies."""
