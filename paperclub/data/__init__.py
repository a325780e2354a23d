"""Data sets, small and offline, each with its source and its licence."""
