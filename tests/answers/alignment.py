"""What we know of answers to the week alignment.

``RIGHT``: different right ways; a check must pass them all. ``WRONG``: wrong ways that are no
listed mistake, each with words that it must be told. ``EQUIVALENT``: mutants of a reference that
pass, each with why that is right.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F


def scores_by_loops(state, states, w_a, u_a, v_a):
    batch, source, _ = states.shape
    scores = torch.zeros(batch, source)
    for b in range(batch):
        for j in range(source):
            for k in range(len(v_a)):
                total = float(w_a[k] @ state[b]) + float(u_a[k] @ states[b, j])
                scores[b, j] += float(v_a[k]) * math.tanh(total)
    return scores


def scores_by_einsum(state, states, w_a, u_a, v_a):
    keys = torch.einsum("bjs,ks->bjk", states, u_a)
    query = torch.einsum("bs,ks->bk", state, w_a)
    return torch.einsum("bjk,k->bj", torch.tanh(keys + query.unsqueeze(1)), v_a)


def scores_of_both_at_once(state, states, w_a, u_a, v_a):
    both = torch.cat([state[:, None].expand(-1, states.shape[1], -1), states], dim=-1)
    hidden = F.linear(both, torch.cat([w_a, u_a], dim=1)).tanh()
    return F.linear(hidden, v_a[None]).squeeze(-1)


def scores_in_numpy(state, states, w_a, u_a, v_a):
    state, states, w_a, u_a, v_a = (x.numpy().astype(float) for x in (state, states, w_a, u_a, v_a))
    return np.tanh((state @ w_a.T)[:, None] + states @ u_a.T) @ v_a


def weights_row_by_row(scores, lengths):
    weights = torch.zeros_like(scores)
    for row, n in enumerate(lengths.tolist()):
        weights[row, :n] = scores[row, :n].softmax(0)
    return weights


def weights_by_where(scores, lengths):
    mask = torch.arange(scores.size(1)).expand_as(scores) >= lengths.unsqueeze(1)
    return F.softmax(torch.where(mask, torch.finfo(scores.dtype).min, scores), dim=1)


def weights_by_hand(scores, lengths):
    mask = torch.arange(scores.size(1)) < lengths[:, None]
    largest = scores.masked_fill(~mask, -1e30).amax(1, keepdim=True)
    parts = (scores - largest).clamp(max=0).exp() * mask
    return parts / parts.sum(1, keepdim=True)


def weights_by_an_added_mask(scores, lengths):
    hide = torch.zeros_like(scores)
    hide[torch.arange(scores.size(1)) >= lengths[:, None]] = float("-inf")
    return (scores + hide).softmax(-1)


def contexts_by_einsum(weights, states):
    return torch.einsum("bij,bjd->bid", weights, states)


def contexts_by_broadcasting(weights, states):
    return (weights[..., None] * states[:, None]).sum(dim=2)


def contexts_by_loops(weights, states):
    mixed = torch.zeros(*weights.shape[:2], states.shape[-1])
    for j in range(states.shape[1]):
        mixed = mixed + weights[:, :, j, None] * states[:, j][:, None]
    return mixed


def contexts_by_bmm(weights, states):
    return torch.bmm(weights, states)


def step_by_library(before, state, states, lengths, w_a, u_a, v_a, w_x, w_h, b_x, b_h):
    weights = weights_by_where(scores_by_einsum(state, states, w_a, u_a, v_a), lengths)
    context = torch.bmm(weights[:, None], states).squeeze(1)
    cell = torch.nn.GRUCell(w_x.shape[1], w_h.shape[1])
    with torch.no_grad():
        for name, value in zip(
            ("weight_ih", "weight_hh", "bias_ih", "bias_hh"), (w_x, w_h, b_x, b_h), strict=True
        ):
            getattr(cell, name).copy_(value)
        return cell(torch.cat([before, context], 1), state), context


def step_row_by_row(before, state, states, lengths, w_a, u_a, v_a, *gru):
    rows = []
    for b, n in enumerate(lengths.tolist()):
        one = slice(b, b + 1)
        weights = scores_by_einsum(state[one], states[one, :n], w_a, u_a, v_a).softmax(-1)
        context = weights @ states[b, :n]
        rows.append((step_of(torch.cat([before[one], context], 1), state[one], *gru), context))
    return tuple(torch.cat(parts) for parts in zip(*rows, strict=True))


def step_of(x, state, w_x, w_h, b_x, b_h):
    d = state.shape[1]
    of_x, of_h = F.linear(x, w_x, b_x), F.linear(state, w_h, b_h)
    r = torch.sigmoid(of_x[:, :d] + of_h[:, :d])
    z = torch.sigmoid(of_x[:, d : 2 * d] + of_h[:, d : 2 * d])
    new = torch.tanh(of_x[:, 2 * d :] + r * of_h[:, 2 * d :])
    return new + z * (state - new)


def step_in_double(before, state, states, lengths, *weights):
    given = [part.double() for part in (before, state, states)]
    return step_row_by_row(*given, lengths, *(part.double() for part in weights))


# --- wrong ways ----------------------------------------------------------------------------------


def scores_of_a_mean_state(state, states, w_a, u_a, v_a):
    return scores_by_einsum(state.mean(0, keepdim=True).expand_as(state), states, w_a, u_a, v_a)


def scores_halved(state, states, w_a, u_a, v_a):
    return scores_by_einsum(state / 2, states, w_a, u_a, v_a)


def scores_with_a_dimension_left(state, states, w_a, u_a, v_a):
    return scores_by_einsum(state, states, w_a, u_a, v_a)[..., None]


def weights_by_sigmoid(scores, lengths):
    return scores.sigmoid() * (torch.arange(scores.shape[-1]) < lengths[:, None])


def weights_cut_to_the_longest(scores, lengths):
    return weights_row_by_row(scores, lengths)[:, : int(lengths.max())]


def weights_rounded(scores, lengths):
    return weights_row_by_row(scores, lengths).mul(100).round().div(100)


def contexts_of_the_first_step(weights, states):
    return contexts_by_bmm(weights, states)[:, :1].expand(-1, weights.shape[1], -1)


def contexts_summed_over_steps(weights, states):
    return contexts_by_bmm(weights, states).sum(1)


def contexts_of_squares(weights, states):
    return contexts_by_bmm(weights**2, states)


def step_with_the_context_alone(*given):
    return step_by_library(*given)[1]


def step_twice(before, state, *rest):
    return step_by_library(before, step_by_library(before, state, *rest)[0], *rest)


RIGHT = {
    "alignment.scores": (
        scores_by_loops,
        scores_by_einsum,
        scores_of_both_at_once,
        scores_in_numpy,
    ),
    "alignment.weights": (
        weights_row_by_row,
        weights_by_where,
        weights_by_hand,
        weights_by_an_added_mask,
    ),
    "alignment.context": (
        contexts_by_einsum,
        contexts_by_broadcasting,
        contexts_by_loops,
        contexts_by_bmm,
    ),
    "alignment.decoder_step": (step_by_library, step_row_by_row, step_in_double),
}

WRONG = {
    "alignment.scores": (
        (scores_of_a_mean_state, "The first difference is at"),
        (scores_halved, "The first difference is at"),
        (scores_with_a_dimension_left, "The shape of"),
    ),
    "alignment.weights": (
        (weights_by_sigmoid, "The first difference is at"),
        (weights_cut_to_the_longest, "The shape of"),
        (weights_rounded, "few digits"),
    ),
    "alignment.context": (
        (contexts_of_the_first_step, "The first difference is at"),
        (contexts_summed_over_steps, "The shape of"),
        (contexts_of_squares, "The first difference is at"),
    ),
    "alignment.decoder_step": (
        (step_with_the_context_alone, "output"),
        (step_twice, "The first difference is at"),
    ),
}

TWO = "Scores have two dimensions here, so the second one and the last one are the same."
MATRICES = "Both are matrices with a row for each sentence: dimension 1 is the last."
EQUIVALENT = {
    "alignment.weights": {
        "alignment_weights: mask = torch.arange(scores.shape[-1]) < lengths[:, None] → "
        "mask = torch.arange(scores.shape[1]) < lengths[:, None]": TWO,
        "alignment_weights: return scores.masked_fill(~mask, -INF).softmax(dim=-1) → "
        "return scores.masked_fill(~mask, -INF).softmax(dim=1)": TWO,
    },
    "alignment.decoder_step": {
        "decoder_step: context = contexts(weights[:, None], states)[:, 0] → "
        "context = contexts(weights[:, None], states)[:, -1]": (
            "One step is asked for, so that the first and the last are the same."
        ),
        "decoder_step: x = torch.cat([before, context], dim=-1) → "
        "x = torch.cat([before, context], dim=1)": MATRICES,
        "gru_step: r_x, z_x, new_x = (x @ w_x.T + b_x).chunk(3, dim=-1) → "
        "r_x, z_x, new_x = (x @ w_x.T + b_x).chunk(3, dim=1)": MATRICES,
        "gru_step: r_h, z_h, new_h = (state @ w_h.T + b_h).chunk(3, dim=-1) → "
        "r_h, z_h, new_h = (state @ w_h.T + b_h).chunk(3, dim=1)": MATRICES,
    },
}
