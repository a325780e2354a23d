"""The course's notebooks: format, run, derive, measure, and begin one from the template."""
