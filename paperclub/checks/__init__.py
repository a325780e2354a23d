"""What `course.py test` runs: lint, import rules, tests, notebooks, the book, a real browser."""
