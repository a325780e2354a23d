"""Setting the course up: what `course.py` calls before there are any packages.

Standard library only.
"""
