"""The blocks of the week ``alignment``, against loops and against themselves without padding."""

import pytest
import torch

from paperclub.nn import AdditiveAttention, AligningTranslator

LENGTHS = torch.tensor([5, 2, 1])
MASK = torch.arange(5) < LENGTHS[:, None]


def by_loops(attention, state, states):
    """Return the context of one row by Equations 5 and 6, number by number."""
    w, u = attention.to_query.weight, attention.to_key.weight
    v, parts = attention.to_score.weight[0], []
    for source in states:
        hidden = [torch.tanh(w[k] @ state + u[k] @ source) for k in range(len(v))]
        parts.append(sum(v[k] * hidden[k] for k in range(len(v))).exp())
    return sum(part / sum(parts) * source for part, source in zip(parts, states, strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_additive_attention_equals_the_loops(seed):
    torch.manual_seed(seed)
    attention = AdditiveAttention(3, 4, 6).double()
    state, states = torch.randn(3, 3).double(), torch.randn(3, 5, 4).double()
    context, weights = attention(state, states, MASK)
    for row, n in enumerate(LENGTHS.tolist()):
        expected = by_loops(attention, state[row], states[row, :n])
        assert (context[row] - expected).abs().max() < 1e-10
    assert (weights[~MASK] == 0).all()
    assert (weights.sum(dim=-1) - 1).abs().max() < 1e-12


def test_keys_computed_once_change_nothing():
    torch.manual_seed(0)
    attention = AdditiveAttention(3, 4, 6)
    state, states = torch.randn(3, 3), torch.randn(3, 5, 4)
    once = attention(state, states, keys=attention.to_key(states))
    assert all(torch.equal(a, b) for a, b in zip(attention(state, states), once, strict=True))


def test_the_order_of_the_states_does_not_matter_to_the_context():
    torch.manual_seed(0)
    attention = AdditiveAttention(3, 4, 6).double()
    state, states = torch.randn(3, 3).double(), torch.randn(3, 5, 4).double()
    order = torch.randperm(5)
    context, weights = attention(state, states)
    moved, moved_weights = attention(state, states[:, order])
    assert (context - moved).abs().max() < 1e-12
    assert (weights[:, order] - moved_weights).abs().max() < 1e-12


@pytest.mark.parametrize("told", [False, True])
def test_a_padded_row_gets_what_it_gets_alone(told):
    torch.manual_seed(1)
    model = AligningTranslator(8, 5, 3, 4).double()
    source = torch.randint(1, 8, (3, 5)) * MASK
    target = torch.randint(5, (3, 6)) if told else None
    together, weights = model(source, LENGTHS, 6, target)
    assert together.shape == (3, 6, 5) and weights.shape == (3, 6, 5)
    for row, n in enumerate(LENGTHS.tolist()):
        own = None if target is None else target[row : row + 1]
        alone, looked = model(source[row : row + 1, :n], LENGTHS[row : row + 1], 6, own)
        assert (together[row] - alone[0]).abs().max() < 1e-10
        assert (weights[row, :, :n] - looked[0]).abs().max() < 1e-10
    assert (weights[1, :, 2:] == 0).all()


def test_teacher_forcing_tells_each_step_the_token_before_and_no_later_one():
    torch.manual_seed(2)
    model = AligningTranslator(8, 5, 3, 4).double()
    source, target = torch.randint(1, 8, (1, 5)), torch.zeros(1, 4, dtype=torch.long)
    other = target.clone()
    other[0, 2] = 3
    first, second = (model(source, torch.tensor([5]), 4, t)[0] for t in (target, other))
    assert torch.equal(first[:, :3], second[:, :3])
    assert not torch.equal(first[:, 3], second[:, 3])
