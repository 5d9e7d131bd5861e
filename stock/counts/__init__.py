"""Counting what stands on the shelves, and booking what differs from the books."""
