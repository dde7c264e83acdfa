"""What notebooks show, as HTML: every text of an app escaped, nothing loaded from anywhere, and no script."""
