"""The blocks of the week ``mixture-of-experts``: queues are the loop, chances are what they say."""

import math

import pytest
import torch
from torch import nn

from paperclub.nn import Experts, Mixture, NoisyTopKGate
from paperclub.nn.mixture import chance_chosen, cv_squared, importance, noisy_top_k, queue_places


def mixture(capacity_factor=None, seed=0, k=2):
    torch.manual_seed(seed)
    gate = NoisyTopKGate(8, 6, k)
    nn.init.normal_(gate.w_gate)
    made = Mixture(gate, Experts(6, 8, 5), capacity_factor).double()
    for bias in (made.experts.b_in, made.experts.b_out):
        nn.init.normal_(bias)
    return made


def by_loop(layer, x):
    gates, expert = layer.gate(x)
    e, taken, y = layer.experts, [0] * 6, torch.zeros_like(x)
    factor = layer.capacity_factor
    room = math.inf if factor is None else math.ceil(factor * expert.numel() / 6)
    for t in range(len(x)):
        for gate, i in zip(gates[t], expert[t].tolist(), strict=True):
            taken[i] += 1
            if taken[i] <= room:
                y[t] += gate * (
                    (x[t] @ e.w_in[i] + e.b_in[i, 0]).relu() @ e.w_out[i] + e.b_out[i, 0]
                )
    return y


@pytest.mark.parametrize("factor", [None, 2.0, 1.0, 0.25])
@pytest.mark.parametrize("k", [1, 2, 6])
def test_the_layer_equals_the_loop_over_tokens_to_ten_digits(factor, k):
    layer = mixture(factor, k=k).eval()
    x = torch.randn(40, 8, dtype=torch.float64)
    assert (layer(x) - by_loop(layer, x)).abs().max() < 1e-10


def test_what_overflows_adds_nothing():
    layer = mixture(capacity_factor=0.05).eval()
    y = layer(torch.randn(60, 8, dtype=torch.float64))
    assert 0 < (y == 0).all(dim=1).sum() < 60


def test_gates_sum_to_one_and_all_asked_are_softmax():
    clean, noise = torch.randn(2, 9, 5, dtype=torch.float64)
    gates, expert, noisy = noisy_top_k(clean, torch.full_like(clean, 0.5), 5, noise)
    spread_out = torch.zeros_like(clean).scatter(1, expert, gates)
    torch.testing.assert_close(spread_out, (clean + 0.5 * noise).softmax(dim=-1))
    assert torch.equal(noisy, clean + 0.5 * noise)


def test_a_chance_is_how_often_redrawn_noise_is_chosen():
    torch.manual_seed(0)
    clean, noise = torch.randn(2, 1, 4, dtype=torch.float64)
    spread, k, draws = torch.tensor([[0.5, 1.0, 1.5, 0.8]], dtype=torch.float64), 2, 40_000
    noisy = noisy_top_k(clean, spread, k, noise)[2]
    chance = chance_chosen(clean, noisy, spread, k)[0]
    for i in range(4):
        redrawn = noisy.repeat(draws, 1)
        redrawn[:, i] = clean[0, i] + torch.randn(draws, dtype=torch.float64) * spread[0, i]
        often = (redrawn.topk(k).indices == i).any(dim=1).double().mean()
        assert abs(often - chance[i]) < 0.015


def test_chances_ask_for_somebody_who_is_not_chosen():
    with pytest.raises(ValueError, match="every one is chosen"):
        chance_chosen(torch.zeros(1, 3), torch.zeros(1, 3), torch.ones(1, 3), 3)


def test_balance_is_small_at_the_start_and_large_for_a_crowd_and_has_a_gradient():
    torch.manual_seed(0)
    gate, x = NoisyTopKGate(8, 6, 2), torch.randn(2000, 8) + 1
    gate(x)
    assert gate.balance < 0.01
    with torch.no_grad():
        gate.w_gate[:, :2] = 3.0  # the part that all tokens share asks for the first two
    gate(x)
    assert gate.balance > 1
    gate.balance.backward()
    assert gate.w_gate.grad.abs().sum() > 0 and gate.w_noise.grad.abs().sum() > 0


def test_without_training_there_is_no_noise():
    layer = mixture().eval()
    x = torch.randn(5, 8, dtype=torch.float64)
    assert torch.equal(layer(x), layer(x))
    layer.train()
    assert not torch.equal(layer(x), layer(x))


def test_places_loads_importance_and_variation_by_hand():
    expert = torch.tensor([[2, 0], [2, 1], [2, 0], [1, 2]])
    place, load = queue_places(expert, 4)
    assert place.tolist() == [[0, 0], [1, 0], [2, 1], [1, 3]]
    assert load.tolist() == [2, 2, 4, 0]
    gates = torch.tensor([[0.75, 0.25]]).expand(4, 2)
    assert importance(gates, expert, 4).tolist() == [0.5, 1.0, 2.5, 0.0]
    assert cv_squared(torch.tensor([4.0, 12.0])).item() == pytest.approx(0.25)
