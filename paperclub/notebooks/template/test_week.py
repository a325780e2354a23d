"""The week {{slug}}: what its exercises and figures state, against closed forms.

Still to be written: tests of the numbers of the week's figure and of its building blocks.
"""

import pytest
import torch

from paperclub.exercises import exercise


@pytest.mark.parametrize("n", [1, 4, 9])
def test_shared_noise_is_not_averaged_away(n):
    """All measurements of a trial are equal, so their number does not matter."""
    shared = torch.tensor([[3.0], [-4.0]]).expand(-1, n)
    error = exercise("{{slug}}.typical_error").reference(shared)
    torch.testing.assert_close(error, torch.tensor(12.5).sqrt())
