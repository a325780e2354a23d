"""What we know of answers to the week mixture-of-experts; ``attention.py`` says what is what."""

import math

import torch
import torch.nn.functional as F

INF = float("inf")


def gates_by_mask(clean, spread, noise, k, training):
    scores = clean + spread * noise * training
    hidden = scores < scores.sort(dim=-1, descending=True).values[:, k - 1 : k]
    return scores.masked_fill(hidden, -INF).softmax(-1)


def gates_renormalised(clean, spread, noise, k, training):
    shares = (clean + spread * noise if training else clean).softmax(-1)
    kept = torch.zeros_like(shares)
    top, expert = shares.topk(k)
    kept.scatter_(1, expert, top)
    return kept / kept.sum(-1, keepdim=True)


def gates_by_loops(clean, spread, noise, k, training):
    gates = torch.zeros(clean.shape)
    for t, row in enumerate(clean.tolist()):
        if training:
            row = [
                c + s * z
                for c, s, z in zip(row, spread[t].tolist(), noise[t].tolist(), strict=True)
            ]
        best = sorted(range(len(row)), key=lambda i: -row[i])[:k]
        total = sum(math.exp(row[i] - row[best[0]]) for i in best)
        for i in best:
            gates[t, i] = math.exp(row[i] - row[best[0]]) / total
    return gates


def load_by_erf(clean, noisy, spread, k):
    order = noisy.sort(dim=1, descending=True).values
    rank = (noisy[:, :, None] < noisy[:, None]).sum(-1)  # how many are better
    beat = torch.where(rank < k, order[:, k, None], order[:, k - 1, None])
    return (0.5 * (1 + torch.erf((clean - beat) / spread / math.sqrt(2)))).sum(0)


def load_one_at_a_time(clean, noisy, spread, k):
    loads = []
    for i in range(clean.shape[1]):
        others = torch.cat([noisy[:, :i], noisy[:, i + 1 :]], dim=1)
        beat = others.topk(k, dim=1).values[:, -1]
        loads.append(torch.special.ndtr((clean[:, i] - beat) / spread[:, i]).sum())
    return torch.stack(loads)


def load_by_distributions(clean, noisy, spread, k):
    n = clean.shape[1]
    others = noisy[:, None].expand(-1, n, -1).masked_fill(torch.eye(n).bool(), -INF)
    beat = others.sort(dim=-1, descending=True).values[..., k - 1]
    return (1 - torch.distributions.Normal(clean, spread).cdf(beat)).sum(0)


def seats_by_loops(expert, n_experts, capacity):
    taken = [0] * n_experts
    seat = torch.full_like(expert, -1)
    for t in range(expert.shape[0]):
        for j in range(expert.shape[1]):
            i = int(expert[t, j])
            if taken[i] < capacity:
                seat[t, j] = taken[i]
            taken[i] += 1
    return seat


def seats_by_comparing(expert, n_experts, capacity):
    row = expert.reshape(-1)
    same = row[:, None] == row[None]
    seat = same.tril(-1).sum(1)
    return seat.masked_fill(seat >= capacity, -1).reshape(expert.shape)


def seats_expert_by_expert(expert, n_experts, capacity):
    row, seat = expert.flatten(), torch.full((expert.numel(),), -1)
    for i in range(n_experts):
        where = torch.nonzero(row == i).flatten()[:capacity]
        seat[where] = torch.arange(len(where))
    return seat.view_as(expert)


def mixture_by_loops(x, gates, expert, w_in, b_in, w_out, capacity):
    taken, rows = {}, []
    for t in range(len(x)):
        row = torch.zeros_like(x[t])
        for gate, i in zip(gates[t], expert[t].tolist(), strict=True):
            taken[i] = taken.get(i, 0) + 1
            if taken[i] <= capacity:
                row = row + gate * (F.relu(x[t] @ w_in[i] + b_in[i]) @ w_out[i])
        rows.append(row)
    return torch.stack(rows)


def mixture_of_everything(x, gates, expert, w_in, b_in, w_out, capacity):
    kept = seats_by_comparing(expert, len(w_in), capacity) >= 0
    full = torch.zeros(len(x), len(w_in)).scatter_add(1, expert, gates * kept)
    hidden = (torch.einsum("td,edh->teh", x, w_in) + b_in).relu()
    return torch.einsum("teh,ehd,te->td", hidden, w_out, full)


def mixture_expert_by_expert(x, gates, expert, w_in, b_in, w_out, capacity):
    y = torch.zeros_like(x)
    for i in range(len(w_in)):
        token, choice = torch.nonzero(expert == i, as_tuple=True)
        token, choice = token[:capacity], choice[:capacity]
        answer = (x[token] @ w_in[i] + b_in[i]).relu() @ w_out[i]
        y = y.index_add(0, token, answer * gates[token, choice, None])
    return y


RIGHT = {
    "mixture-of-experts.gates": (gates_by_mask, gates_renormalised, gates_by_loops),
    "mixture-of-experts.load": (load_by_erf, load_one_at_a_time, load_by_distributions),
    "mixture-of-experts.seats": (seats_by_loops, seats_by_comparing, seats_expert_by_expert),
    "mixture-of-experts.mixture": (
        mixture_by_loops,
        mixture_of_everything,
        mixture_expert_by_expert,
    ),
}


def gates_with_an_epsilon(clean, spread, noise, k, training):
    gates = gates_renormalised(clean, spread, noise, k, training)
    return gates / (gates.sum(-1, keepdim=True) + 1e-2)


def gates_and_experts(clean, spread, noise, k, training):
    top, expert = (clean + spread * noise if training else clean).topk(k)
    return top.softmax(-1), expert


def gates_of_k_columns(clean, spread, noise, k, training):
    return gates_and_experts(clean, spread, noise, k, training)[0]


def load_detached(clean, noisy, spread, k):
    return load_by_erf(clean.detach(), noisy, spread.detach(), k)


def load_with_variance(clean, noisy, spread, k):
    return load_by_erf(clean, noisy, spread, k) * 0.9


def seats_sorted(expert, n_experts, capacity):
    return expert.flatten().argsort(stable=True).view_as(expert)


def mixture_in_batch_of_one(x, gates, expert, w_in, b_in, w_out, capacity):
    return mixture_by_loops(x, gates, expert, w_in, b_in, w_out, capacity)[None]


def mixture_of_detached_input(x, gates, expert, w_in, b_in, w_out, capacity):
    return mixture_by_loops(x.detach(), gates, expert, w_in, b_in, w_out, capacity)


CUT_OFF = "cuts it off"
WRONG = {
    "mixture-of-experts.gates": (
        (gates_with_an_epsilon, "The first difference is at"),
        (gates_of_k_columns, "The shape of"),
    ),
    "mixture-of-experts.load": (
        (load_detached, CUT_OFF),
        (load_with_variance, "The first difference is at"),
    ),
    "mixture-of-experts.seats": ((seats_sorted, "The first difference is at"),),
    "mixture-of-experts.mixture": (
        (mixture_in_batch_of_one, "The shape of"),
        (mixture_of_detached_input, CUT_OFF),
    ),
}

LAST = "Scores are (token, expert): the last dimension is also dimension 1, and `topk`'s default."
GATES_BEGIN = "return torch.zeros_like(scores)"
TOKENS = "token = torch.arange(len({}))[:, None].expand_as({})[kept]"
QUEUES = "queues = {}.new_zeros(n_experts * capacity, d)"
EQUIVALENT = {
    "mixture-of-experts.gates": {
        "top_k_gates: top, expert = scores.topk(k, dim=-1) → top, expert = scores.topk(k)": LAST,
        "top_k_gates: top, expert = scores.topk(k, dim=-1) → top, expert = scores.topk(k, dim=1)": (
            LAST
        ),
        f"top_k_gates: {GATES_BEGIN}.scatter(-1, expert, top.softmax(dim=-1)) → "
        f"{GATES_BEGIN}.scatter(1, expert, top.softmax(dim=-1))": LAST,
        f"top_k_gates: {GATES_BEGIN}.scatter(-1, expert, top.softmax(dim=-1)) → "
        f"{GATES_BEGIN}.scatter(-1, expert, top.softmax(dim=1))": LAST,
    },
    "mixture-of-experts.load": {
        "expected_load: top = noisy.topk(k + 1, dim=-1).values → "
        f"top = noisy.topk(k + 1{dim}).values": LAST
        for dim in ("", ", dim=1")
    },
    "mixture-of-experts.seats": {
        "seats: asked = torch.nn.functional.one_hot(expert.flatten(), n_experts) → "
        "asked = torch.nn.functional.one_hot(expert.flatten())": (
            "Columns of experts that nobody asks are never read."
        ),
    },
    "mixture-of-experts.mixture": {
        f"mixture: {TOKENS.format('x', 'expert')} → {TOKENS.format(rows, like)}": (
            "There is a row of experts and of gates for each token, and both have k columns."
        )
        for rows, like in (("expert", "expert"), ("gates", "expert"), ("x", "gates"))
    }
    | {
        f"mixture: {QUEUES.format('x')} → {QUEUES.format(other)}": (
            "`new_zeros` takes only the kind of number and the device, the same for all inputs."
        )
        for other in ("b_in", "gates", "w_in", "w_out")
    },
}
