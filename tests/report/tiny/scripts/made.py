"""Made the numbers."""
