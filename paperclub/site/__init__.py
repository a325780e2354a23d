"""Build and serve the book and the home page."""
