"""Grading a class: submissions run in a sandbox, and are judged outside it."""
