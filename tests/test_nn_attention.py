"""The blocks of the week ``attention`` are PyTorch's, to ten digits in float64."""

import math

import pytest
import torch
from torch import nn

from paperclub.nn import (
    Block,
    MultiHeadAttention,
    scaled_dot_product_attention,
    sinusoidal_positions,
)

CAUSAL = torch.ones(7, 7, dtype=torch.bool).tril()
PADDED = torch.arange(7) < 5


def copy_attention(ours: MultiHeadAttention, theirs: nn.MultiheadAttention) -> None:
    with torch.no_grad():
        for linear, weight, bias in zip(
            (ours.to_q, ours.to_k, ours.to_v),
            theirs.in_proj_weight.chunk(3),
            theirs.in_proj_bias.chunk(3),
            strict=True,
        ):
            linear.weight.copy_(weight)
            linear.bias.copy_(bias)
        ours.to_out.load_state_dict(theirs.out_proj.state_dict())


def multi_head_pair(seed: int) -> tuple[MultiHeadAttention, nn.MultiheadAttention]:
    torch.manual_seed(seed)
    theirs = nn.MultiheadAttention(32, 4, batch_first=True).double()
    nn.init.normal_(theirs.in_proj_bias)
    nn.init.normal_(theirs.out_proj.bias)
    ours = MultiHeadAttention(32, 4).double()
    copy_attention(ours, theirs)
    return ours, theirs


@pytest.mark.parametrize("mask", [None, CAUSAL, PADDED], ids=["no mask", "causal", "padding"])
@pytest.mark.parametrize("seed", range(5))
def test_multi_head_attention_equals_torch(seed, mask):
    ours, theirs = multi_head_pair(seed)
    x = torch.randn(3, 7, 32, dtype=torch.float64)
    forbidden = None if mask is None else ~mask.expand(7, 7)
    expected, expected_weights = theirs(x, x, x, attn_mask=forbidden, average_attn_weights=False)
    out, weights = ours(x, mask=mask)
    assert (out - expected).abs().max() < 1e-10
    assert (weights - expected_weights).abs().max() < 1e-10


def test_cross_attention_equals_torch():
    ours, theirs = multi_head_pair(0)
    x, context = (
        torch.randn(2, 4, 32, dtype=torch.float64),
        torch.randn(2, 9, 32, dtype=torch.float64),
    )
    expected, _ = theirs(x, context, context)
    assert (ours(x, context)[0] - expected).abs().max() < 1e-10


@pytest.mark.parametrize("mask", [None, CAUSAL], ids=["no mask", "causal"])
def test_block_equals_torch_with_its_gradients(mask):
    torch.manual_seed(1)
    theirs = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.0, batch_first=True).double()
    ours = Block(32, 4, 64).double()
    copy_attention(ours.attention, theirs.self_attn)
    ours.feed_forward[0].load_state_dict(theirs.linear1.state_dict())
    ours.feed_forward[2].load_state_dict(theirs.linear2.state_dict())
    ours.norm_1.load_state_dict(theirs.norm1.state_dict())
    ours.norm_2.load_state_dict(theirs.norm2.state_dict())
    a = torch.randn(3, 7, 32, dtype=torch.float64, requires_grad=True)
    b = a.detach().clone().requires_grad_()
    out, expected = ours(a, mask), theirs(b, src_mask=None if mask is None else ~mask)
    assert (out - expected).abs().max() < 1e-10
    (out**3).sum().backward()
    (expected**3).sum().backward()
    assert (a.grad - b.grad).abs().max() < 1e-10


def test_attention_equals_a_loop_over_queries_and_keys():
    q, k, v = torch.randn(3, 5, 8, dtype=torch.float64)
    mask = torch.ones(5, 5, dtype=torch.bool).tril()
    mixed, _ = scaled_dot_product_attention(q, k, v, mask)
    for i in range(5):
        shares = [math.exp(float(q[i] @ k[j]) / math.sqrt(8)) for j in range(i + 1)]
        row = sum(share * v[j] for j, share in enumerate(shares)) / sum(shares)
        assert (mixed[i] - row).abs().max() < 1e-12


def test_order_is_invisible_without_places():
    torch.manual_seed(2)
    attention = MultiHeadAttention(16, 4).double()
    x, order = torch.randn(1, 10, 16, dtype=torch.float64), torch.randperm(10)
    places = sinusoidal_positions(10, 16)
    assert (attention(x[:, order])[0] - attention(x)[0][:, order]).abs().max() < 1e-12
    changed = attention(x[:, order] + places)[0] - attention(x + places)[0][:, order]
    assert changed.abs().max() > 1e-3


def test_a_shift_turns_the_positions_by_a_fixed_rotation():
    positions = sinusoidal_positions(50, 16).view(50, 8, 2)
    frequency = 10_000.0 ** (-torch.arange(0, 16, 2, dtype=torch.float64) / 16)
    shift = 7 * frequency
    sine, cosine = positions.unbind(-1)
    turned = torch.stack(
        [sine * shift.cos() + cosine * shift.sin(), cosine * shift.cos() - sine * shift.sin()], -1
    )
    assert (turned[:-7] - positions[7:]).abs().max() < 1e-12


@pytest.mark.parametrize("build", [lambda: MultiHeadAttention(10, 4), lambda: Block(10, 4, 8)])
def test_heads_that_do_not_divide_the_width_are_refused(build):
    with pytest.raises(ValueError, match="d_model=10 cannot be cut into n_heads=4"):
        build()


def test_an_odd_width_has_no_sinusoidal_positions():
    with pytest.raises(ValueError, match="d_model=7 is odd"):
        sinusoidal_positions(4, 7)
