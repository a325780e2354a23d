"""Exercises: what one is, how an answer is checked, and what is said of it.

What a learner calls in a notebook stands in ``paperclub.learner``, which writes it down.
"""

from paperclub.exercises.load import exercise, exercises_of, slugs
from paperclub.exercises.notion import Case, Exercise, Mistake, Prediction
from paperclub.exercises.verdict import Verdict

__all__ = [
    "Case",
    "Exercise",
    "Mistake",
    "Prediction",
    "Verdict",
    "exercise",
    "exercises_of",
    "slugs",
]
