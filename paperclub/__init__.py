"""The library of the course: what chapters, exercises and commands import."""
