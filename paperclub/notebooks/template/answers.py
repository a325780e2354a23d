"""What we know of answers to the week {{slug}}.

``RIGHT``: different right ways; a check must pass them all. ``WRONG``: wrong ways that are no
listed mistake, each with words that it must be told. ``EQUIVALENT``: mutants of a reference that
pass, each with why that is right.
"""

import math

import torch


def by_loops(samples):
    """Add up number by number."""
    total = 0.0
    for trial in samples.tolist():
        total += (sum(trial) / len(trial)) ** 2
    return torch.tensor(math.sqrt(total / len(samples)))


def by_norm(samples):
    """Use the length of the vector of means."""
    return samples.mean(dim=-1).norm() / math.sqrt(len(samples))


def by_einsum(samples):
    """Sum in one expression, then square."""
    means = torch.einsum("tn->t", samples) / samples.size(-1)
    return (means @ means / means.numel()) ** 0.5


def of_one_trial(samples):
    """Forget all trials but the first."""
    return samples[0].mean().abs()


RIGHT = {"{{slug}}.typical_error": (by_loops, by_norm, by_einsum)}
WRONG = {"{{slug}}.typical_error": ((of_one_trial, "1 trial of 6 measurements"),)}
EQUIVALENT = {
    "{{slug}}.typical_error": {
        "typical_error: return samples.mean(dim=-1).square().mean().sqrt() → "
        "return samples.mean(dim=1).square().mean().sqrt()": (
            "There are always two dimensions, trial and n, so the last is the second."
        )
    }
}
