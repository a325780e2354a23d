"""What we know of answers to the week pointer-networks.

``RIGHT``: different right ways; a check must pass them all. ``WRONG``: wrong ways that are no
listed mistake, each with words that it must be told. ``EQUIVALENT``: mutants of a reference that
pass, each with why that is right.
"""

import heapq
import math

import numpy as np
import torch
import torch.nn.functional as F

INF = float("inf")


def pointing_by_loops(e, q, w1, w2, v):
    rows = []
    for step in q:
        scores = [v @ torch.tanh(w1 @ one + w2 @ step) for one in e]
        rows.append(torch.stack(scores).softmax(dim=0))
    return torch.stack(rows)


def pointing_by_einsum(e, q, w1, w2, v):
    keys = torch.einsum("pd,nd->np", w1, e).unsqueeze(0)
    asked = torch.einsum("pd,sd->sp", w2, q).unsqueeze(1)
    return F.softmax(torch.einsum("p,snp->sn", v, (keys + asked).tanh()), dim=1)


def pointing_by_linear(e, q, w1, w2, v):
    inner = F.linear(e, w1).expand(len(q), -1, -1) + F.linear(q, w2).unsqueeze(1)
    u = (inner.tanh() * v).sum(dim=-1)
    return (u - u.logsumexp(dim=-1, keepdim=True)).exp()


def pointing_in_double(e, q, w1, w2, v):
    e, q, w1, w2, v = (x.double() for x in (e, q, w1, w2, v))
    return pointing_by_einsum(e, q, w1, w2, v).float()


def pointing_of_first_step_only(e, q, w1, w2, v):
    return pointing_by_loops(e, q[:1], w1, w2, v)


def pointing_by_sigmoid(e, q, w1, w2, v):
    inner = (e @ w1.T)[None] + (q @ w2.T)[:, None]
    return (inner.sigmoid() @ v).softmax(dim=-1)


def pointing_by_dot_product(e, q, w1, w2, v):
    return ((q @ w2.T) @ (e @ w1.T).T).softmax(dim=-1)


def pointing_cut_off(e, q, w1, w2, v):
    return pointing_by_einsum(e.detach(), q.detach(), w1, w2, v.detach())


def masked_by_counting(scores, chosen):
    before = F.one_hot(chosen, scores.size(1)).cumsum(dim=0) - F.one_hot(chosen, scores.size(1))
    before[:, -1] = 0
    return scores.masked_fill(before > 0, -INF).softmax(dim=-1)


def masked_row_by_row(scores, chosen):
    rows, seen = [], set()
    for step, row in enumerate(scores):
        hidden = torch.tensor([j in seen for j in range(len(row))])
        rows.append(torch.where(hidden, -INF, row).softmax(dim=0))
        if chosen[step] < len(row) - 1:
            seen.add(int(chosen[step]))
    return torch.stack(rows)


def masked_after_and_divided(scores, chosen):
    """Zero the shares, and share out anew what is left: the same thing."""
    steps, outputs = scores.shape
    left = torch.ones(steps, outputs)
    for step in range(steps):
        left[step + 1 :, chosen[step]] = 0
    left[:, -1] = 1
    parts = (scores - scores.amax(dim=-1, keepdim=True)).exp() * left
    return parts / parts.sum(dim=-1, keepdim=True)


def masked_with_a_large_negative(scores, chosen):
    later = torch.ones(len(chosen), len(chosen)).tril(-1)  # (step, earlier step)
    before = later @ F.one_hot(chosen, scores.size(1)).float()
    before[:, -1] = 0
    return (scores - 1e9 * before.clamp(max=1)).softmax(dim=-1)


def masked_of_shares_in_place(scores, chosen):
    scores = scores.clone()
    rows = []
    for step in range(len(scores)):
        rows.append(scores[step].softmax(dim=0))
        scores[:, chosen[step]] = 0.5 * scores[:, chosen[step]]
    return torch.stack(rows)


def masked_with_end_at_the_front(scores, chosen):
    left = torch.ones_like(scores).bool()
    for step in range(len(scores)):
        left[step, chosen[:step]] = False
    left[:, 0] = True
    return torch.nan_to_num(scores.masked_fill(~left, -INF).softmax(dim=-1))


def edges_in_one_tensor(points):
    a, b, c = points[:, None, None], points[None, :, None], points[None, None]
    turns = (b - a)[..., 0] * (c - a)[..., 1] - (b - a)[..., 1] * (c - a)[..., 0]
    i = torch.arange(len(points))
    own = (i == i[:, None, None]) | (i == i[None, :, None])
    return ((turns > 0) | own).all(dim=-1) & (i[:, None] != i)


def edges_by_walking(points):
    """Wrap a string round the points (Jarvis), in numpy."""
    p = points.numpy().astype(np.float64)
    found = np.zeros((len(p), len(p)), dtype=bool)
    start = here = int(p[:, 0].argmin())
    while True:
        after = 0 if here else 1
        for k in range(len(p)):
            (ax, ay), (bx, by) = p[after] - p[here], p[k] - p[here]
            if k not in (here, after) and ax * by - ay * bx < 0:
                after = k
        found[here, after] = True
        here = after
        if here == start:
            return found


def edges_by_angles(points):
    """An edge leaves its point so that all others lie within half a turn to the left."""
    p, n = points.double(), len(points)
    found = torch.zeros(n, n, dtype=torch.bool)
    for i in range(n):
        for j in range(n):
            others = [k for k in range(n) if k not in (i, j)]
            if i == j:
                continue
            way = torch.atan2(*(p[j] - p[i]).flip(0))
            turned = [(torch.atan2(*(p[k] - p[i]).flip(0)) - way) % (2 * math.pi) for k in others]
            found[i, j] = all(0 < angle < math.pi for angle in turned)
    return found


def edges_of_the_longest(points):
    far = (points[:, None] - points).norm(dim=-1)
    return far == far.max()


def edges_of_neighbours(points):
    far = (points[:, None] - points).norm(dim=-1) + 1e9 * torch.eye(len(points))
    return F.one_hot(far.argmin(dim=1), len(points)).bool()


def greedy_with_a_set(scores):
    n, here, found, used = len(scores) - 1, len(scores) - 1, [], set()
    while not found or found[-1] != n:
        row = [(-INF if j in used else float(s)) for j, s in enumerate(scores[here])]
        here = row.index(max(row))
        used.add(here)
        found.append(here)
    return torch.tensor([*found, *[-1] * (n + 1 - len(found))])


def greedy_by_recursion(scores):
    n = len(scores) - 1

    def after(here, left):
        best = max(left, key=lambda j: float(scores[here, j]))
        return [n] if best == n else [best, *after(best, [j for j in left if j != best])]

    found = after(n, list(range(n + 1)))
    return torch.tensor(found + [-1] * (n + 1 - len(found)))


def greedy_in_numpy(scores):
    table, n = scores.numpy().copy(), len(scores) - 1
    answer, here = np.full(n + 1, -1), n
    for step in range(n + 1):
        here = int(np.nanargmax(table[here]))
        answer[step] = here
        if here == n:
            return answer
        table[:, here] = -np.inf
    return answer


def greedy_of_single_steps(scores):
    n = len(scores) - 1
    return torch.cat([scores[n:].argmax(dim=1), scores[:n].argmax(dim=1)])


def greedy_without_padding(scores):
    found = greedy_with_a_set(scores)
    return found[found >= 0]


def beam_with_tensors(scores, width):
    """All ways on of all beginnings in one tensor, the best of them by topk."""
    n = len(scores) - 1
    outputs, logp = torch.full((1, 0), -1), torch.zeros(1)
    for step in range(n + 1):
        here = outputs[:, -1] if step else torch.tensor([n])
        ended = here < 0
        ended |= (here == n) & (step > 0)
        rows = scores[here.clamp(min=0)].clone()
        for row, before in zip(rows, outputs, strict=True):
            row[before[before >= 0]] = -INF
        rows = torch.where(ended[:, None], -INF, rows.log_softmax(dim=1))
        stay = torch.where(ended, 0.0, -INF)[:, None]  # a column for "nothing more"
        ways = (logp[:, None] + torch.cat([rows, stay], dim=1)).flatten()
        logp, best = ways.topk(min(width, int((ways > -INF).sum())))
        place = best % (n + 2)
        place = torch.where(place == n + 1, -1, place)
        outputs = torch.cat([outputs[best // (n + 2)], place[:, None]], dim=1)
    return outputs[0]


def beam_with_a_heap(scores, width):
    """Multiply probabilities, in Python's own numbers."""
    n = len(scores) - 1
    table = scores.double().tolist()
    beam = [(1.0, ())]
    while not all(outputs and outputs[-1] == n for _, outputs in beam):
        grown = []
        for p, outputs in beam:
            if outputs and outputs[-1] == n:
                grown.append((p, outputs))
                continue
            row = table[outputs[-1] if outputs else n]
            parts = {j: math.exp(row[j]) for j in range(n + 1) if j not in outputs}
            total = sum(parts.values())
            grown += [(p * part / total, (*outputs, j)) for j, part in parts.items()]
        beam = heapq.nlargest(width, grown)
    answer = max(beam)[1]
    return torch.tensor([*answer, *[-1] * (n + 1 - len(answer))])


def beam_in_numpy(scores, width):
    """Beginnings beside their worth; shares by hand, of what is left only."""
    n = len(scores) - 1
    table = scores.double().numpy()
    kept = [(0.0, [])]
    for _ in range(n + 1):
        ways = [(worth, outputs) for worth, outputs in kept if n in outputs]
        for worth, outputs in kept:
            if n in outputs:
                continue
            left = np.setdiff1d(np.arange(n + 1), outputs)
            row = table[outputs[-1] if outputs else n, left]
            shares = np.exp(row - row.max())
            logs = worth + np.log(shares / shares.sum())
            ways += [(log, [*outputs, int(place)]) for log, place in zip(logs, left, strict=True)]
        kept = [ways[i] for i in np.argsort([-worth for worth, _ in ways], kind="stable")[:width]]
    answer = kept[0][1]
    return torch.tensor(answer + [-1] * (n + 1 - len(answer)))


def beam_over_everything(scores, width):
    """Look at all answers, whatever the width."""
    return beam_with_a_heap(scores, 10_000)


def beam_without_padding(scores, width):
    found = beam_with_a_heap(scores, width)
    return found[found >= 0]


RIGHT = {
    "pointer-networks.pointing": (
        pointing_by_loops,
        pointing_by_einsum,
        pointing_by_linear,
        pointing_in_double,
    ),
    "pointer-networks.masked": (
        masked_by_counting,
        masked_row_by_row,
        masked_after_and_divided,
        masked_with_a_large_negative,
    ),
    "pointer-networks.edges": (edges_in_one_tensor, edges_by_walking, edges_by_angles),
    "pointer-networks.greedy": (greedy_with_a_set, greedy_by_recursion, greedy_in_numpy),
    "pointer-networks.beam": (beam_with_tensors, beam_with_a_heap, beam_in_numpy),
}

WRONG = {
    "pointer-networks.pointing": (
        (pointing_of_first_step_only, "The shape of output is"),
        (pointing_by_sigmoid, "The first difference is at"),
        (pointing_by_dot_product, "The first difference is at"),
        (pointing_cut_off, "cuts it off"),
    ),
    "pointer-networks.masked": (
        (masked_of_shares_in_place, "The first difference is at"),
        (masked_with_end_at_the_front, "The first difference is at"),
    ),
    "pointer-networks.edges": (
        (edges_of_the_longest, "The first difference is at"),
        (edges_of_neighbours, "The first difference is at"),
    ),
    "pointer-networks.greedy": (
        (greedy_of_single_steps, "The first difference is at"),
        (greedy_without_padding, "The shape of output is"),
    ),
    "pointer-networks.beam": (
        (beam_over_everything, "The first difference is at"),
        (beam_without_padding, "The shape of output is"),
    ),
}

ANY_LENGTH = (
    "An answer has at most n + 1 outputs, and END breaks off the loop before more are asked."
)
ALL_ENDED = "After n + 1 outputs all have ended, and one more turn of the loop changes nothing."
EQUIVALENT = {
    "pointer-networks.pointing": {
        "pointing_shares: return torch.softmax(scores, dim=-1) → "
        "return torch.softmax(scores, dim=1)": (
            "Scores always have two dimensions, step and input, so the last is the second."
        ),
    },
    "pointer-networks.masked": {
        "masked_shares: shares[step, left] = torch.softmax(scores[step, left], dim=0) → "
        "shares[step, left] = torch.softmax(scores[step, left], dim=-1)": (
            "What is left of one row has a single dimension."
        ),
    },
    "pointer-networks.edges": {
        "hull_edges: is_edge = torch.zeros(n, n, dtype=torch.bool) → "
        "is_edge = torch.ones(n, n, dtype=torch.bool)": "Every entry is written in the loops.",
        **{
            f"hull_edges: turns[[i, j]] = 1.0 → turns[[i, j]] = {other}": (
                "Any positive number passes the test that follows."
            )
            for other in ("2.0", "0.5")
        },
    },
    "pointer-networks.greedy": {
        "greedy: for step in range(n + 1): → for step in range(n + 1 + 1):": ANY_LENGTH,
        "greedy: for step in range(n + 1): → for step in range(n + 2):": ANY_LENGTH,
        "greedy: here = int(left[here].argmax()) → here = left[here].argmax()": (
            "A tensor with a single whole number serves as an index and compares as that number."
        ),
    },
    "pointer-networks.beam": {
        "beam_search: beam = [(0.0, [])] → beam = [(1.0, [])]": (
            "Every beginning is worth one more, so their order stays."
        ),
        "beam_search: for _ in range(n + 1): → for _ in range(n + 1 + 1):": ALL_ENDED,
        "beam_search: for _ in range(n + 1): → for _ in range(n + 2):": ALL_ENDED,
        "beam_search: continue → pass": (
            "Longer versions of an ended answer are less likely than it is, and so is whatever "
            "they push out of the beam: none of these could have come first."
        ),
        "beam_search: row = scores[outputs[-1] if outputs else n].clone() → "
        "row = scores[outputs[-1] if logp else n].clone()": (
            "The log-probability is 0 at the start only: later, something else always had a share."
        ),
        "beam_search: steps = torch.log_softmax(row, dim=0) → "
        "steps = torch.log_softmax(row, dim=-1)": "A row has a single dimension.",
        "beam_search: left = [place for place in range(n + 1) if place not in outputs] → "
        "left = [place for place in range(n + 1)]": (
            "What was used has the log-probability −∞. It is kept only where nothing better is "
            "left to fill the beam, and never comes first."
        ),
        "beam_search: grown += [(logp + float(steps[place]), [*outputs, place]) for place in left] "
        "→ grown += [(logp + steps[place], [*outputs, place]) for place in left]": (
            "A tensor with a single number compares as that number."
        ),
        "beam_search: beam = sorted(grown, key=lambda kept: kept[0], reverse=True)[:width] → "
        "beam = sorted(grown, reverse=True)[:width]": (
            "Outputs would decide between beginnings that are equally likely; there are none."
        ),
    },
}
