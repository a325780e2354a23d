"""What a token is drawn from: against loops that say what is meant, and at the edges."""

import pytest
import torch

from paperclub.nn import decoding_probabilities


def by_loops(logits, temperature, top_k, top_p):
    shares = (logits.double() / temperature).softmax(-1).tolist()
    order = sorted(range(len(shares)), key=lambda token: -shares[token])[:top_k]
    kept, held = [], 0.0
    for token in order:
        if kept and held >= top_p * sum(shares[token] for token in order):
            break
        kept.append(token)
        held += shares[token]
    return torch.tensor([shares[i] / held if i in kept else 0.0 for i in range(len(shares))])


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.7])
@pytest.mark.parametrize("top_k", [None, 1, 4, 50])
@pytest.mark.parametrize("top_p", [0.05, 0.6, 0.95, 1.0])
def test_knobs_act_in_their_order(temperature, top_k, top_p):
    logits = torch.randn(12, generator=torch.Generator().manual_seed(1)).double() * 2
    drawn = decoding_probabilities(logits, temperature, top_k, top_p)
    torch.testing.assert_close(drawn, by_loops(logits, temperature, top_k, top_p).double())


def test_the_token_that_crosses_p_stays_and_a_batch_is_cut_row_by_row():
    logits = torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]).log()
    drawn = decoding_probabilities(logits, top_p=0.6)
    torch.testing.assert_close(drawn, torch.tensor([[0.625, 0.375, 0.0], [0.0, 0.0, 1.0]]))


@pytest.mark.parametrize(
    ("knobs", "says"),
    [
        ({"temperature": 0.0}, "temperature is 0.0"),
        ({"top_k": 0}, "top_k is 0"),
        ({"top_p": 0.0}, "top_p is 0.0"),
        ({"top_p": 1.2}, "top_p is 1.2"),
    ],
)
def test_impossible_knobs_are_refused(knobs, says):
    with pytest.raises(ValueError, match=says):
        decoding_probabilities(torch.zeros(3), **knobs)
