"""The exercises of the week *{{slug}}*, as the course judges them.

Still to be written: a ladder of three to five exercises. This one shows the form.
"""

import torch

from paperclub.exercises import Case, Exercise, Mistake


def typical_error(samples):
    """Return the root mean square of the trials' means; samples (trial, n)."""
    return samples.mean(dim=-1).square().mean().sqrt()


def cases(seed):
    """Return trials of several shapes, edge cases among them."""
    random = torch.Generator().manual_seed(seed)

    def samples(*shape):
        return torch.randn(*shape, generator=random) + 0.5

    return [
        Case("5 trials of 3 measurements", {"samples": samples(5, 3)}),
        Case("4 trials of 4 measurements", {"samples": samples(4, 4)}),
        Case("1 trial of 6 measurements", {"samples": samples(1, 6)}),
        Case("6 trials of 1 measurement", {"samples": samples(6, 1)}),
    ]


def over_trials(samples):
    """Average over the wrong dimension."""
    return samples.mean(dim=0).square().mean().sqrt()


def without_root(samples):
    """Leave the mean square as it is."""
    return samples.mean(dim=-1).square().mean()


def of_absolute_values(samples):
    """Average how far the means lie from 0, without squares."""
    return samples.mean(dim=-1).abs().mean()


def squared_first(samples):
    """Take squares before the mean of a trial."""
    return samples.square().mean(dim=-1).mean().sqrt()


EXERCISES = [
    Exercise(
        id="{{slug}}.typical_error",
        title="The typical error of a mean",
        asks=("typical_error",),
        reference=typical_error,
        cases=cases,
        points=1,
        difficulty=1,
        importance=1,
        minutes=5,
        mistakes=(
            Mistake(
                "mean over the trials",
                over_trials,
                "Each row is a trial. Which dimension counts its measurements?",
            ),
            Mistake(
                "no root",
                without_root,
                "What you return is in squared units. What brings it back?",
            ),
            Mistake(
                "absolute values for squares",
                of_absolute_values,
                "You averaged distances. A root mean square squares before it averages.",
            ),
            Mistake(
                "squares before the mean",
                squared_first,
                "You squared single measurements; the mean of a trial comes first.",
            ),
        ),
        hints=(
            "Work from the inside: mean of a trial, square, mean over trials, root.",
            "`samples.mean(dim=-1)` has one number for each trial.",
        ),
        symptoms=(
            ("the result grows with n", "The squares came before the mean."),
            ("the result has several numbers", "The mean over trials is missing."),
        ),
        covered="several trials, a single trial, a single measurement",
        next_step="Still to be written: the exercise that follows.",
        why="Squaring keeps errors of both signs from cancelling; the root brings the units back.",
    ),
]
