"""What both shells need of httpx2."""
