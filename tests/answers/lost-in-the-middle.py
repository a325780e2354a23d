"""What we know of answers to the week lost-in-the-middle.

``RIGHT``: different right ways; a check must pass them all. ``WRONG``: wrong ways that are no
listed mistake, each with words that it must be told. ``EQUIVALENT``: mutants of a reference that
pass, each with why that is right.
"""

import math

import torch
from torch.nn import functional as F

INF = float("inf")

# --- the log-probability of an answer ------------------------------------------------------------


def answer_by_cross_entropy(logits, tokens, n_answer):
    """Use the loss that training uses, unreduced, with its sign turned round."""
    length = tokens.shape[1]
    spoken = logits[:, length - n_answer - 1 : length - 1].transpose(1, 2)
    return -F.cross_entropy(spoken, tokens[:, length - n_answer :], reduction="none").sum(dim=1)


def answer_by_loops(logits, tokens, n_answer):
    """Walk along each text."""
    totals = []
    for row, text in zip(logits, tokens, strict=True):
        total = 0.0
        for place in range(len(text) - n_answer, len(text)):
            before = row[place - 1].double()
            total += (before[text[place]] - before.logsumexp(0)).item()
        totals.append(total)
    return torch.tensor(totals)


def answer_by_shift(logits, tokens, n_answer):
    """Score every token of the text, then keep the last ones."""
    log_p = torch.log_softmax(logits, dim=-1)[:, :-1]
    picked = log_p.gather(-1, tokens[:, 1:].unsqueeze(-1)).squeeze(-1)
    return picked[:, -n_answer:].sum(-1)


def answer_all_but_its_first(logits, tokens, n_answer):
    log_p = logits[:, :-1].log_softmax(-1).gather(2, tokens[:, 1:, None])[..., 0]
    return log_p[:, -n_answer:].sum(1) - log_p[:, -1] * 2


# --- one reading, many questions -----------------------------------------------------------------


def cache_one_by_one(cache_k, cache_v, q, k, v):
    """Take each token of each question by itself, with no mask at all."""
    out = torch.empty(*q.shape[:2], v.shape[-1])
    for one in range(q.shape[0]):
        for token in range(q.shape[1]):
            keys = torch.cat([cache_k, k[one, : token + 1]])
            values = torch.cat([cache_v, v[one, : token + 1]])
            weights = (keys @ q[one, token] / math.sqrt(q.shape[-1])).softmax(0)
            out[one, token] = weights @ values
    return out


def cache_by_torch(cache_k, cache_v, q, k, v):
    """Let PyTorch attend; its boolean mask is True where a query may look."""
    n, length = len(q), q.shape[1]
    keys = torch.cat([cache_k[None].repeat(n, 1, 1), k], 1)
    values = torch.cat([cache_v[None].repeat(n, 1, 1), v], 1)
    list_part = torch.ones(length, len(cache_k), dtype=torch.bool)
    own_part = torch.ones(length, length, dtype=torch.bool).tril()
    mask = torch.cat([list_part, own_part], 1)
    return F.scaled_dot_product_attention(q, keys, values, attn_mask=mask)


def cache_in_two_parts(cache_k, cache_v, q, k, v):
    """Score list and question apart, share out the weight together."""
    root = q.shape[-1] ** 0.5
    to_list = torch.einsum("qtd,ld->qtl", q, cache_k) / root
    to_own = torch.einsum("qtd,qsd->qts", q, k) / root
    later = torch.ones(q.shape[1], q.shape[1], dtype=torch.bool).triu(1)
    both = torch.cat([to_list, to_own.masked_fill(later, -INF)], -1).softmax(-1)
    split = len(cache_k)
    return both[..., :split] @ cache_v + both[..., split:] @ v


def cache_values_for_keys(cache_k, cache_v, q, k, v):
    return cache_one_by_one(cache_k, cache_v, q, k, v.roll(1, dims=1))


# --- each fact with itself -----------------------------------------------------------------------


def within_by_roll(scores):
    """Undo each turn, and undo the same turning of the fifths' numbers."""
    turns, n = scores.shape
    step = n // turns
    fifth = torch.arange(n) // step
    undone = torch.stack([scores[t].roll(t * step) for t in range(turns)])  # (turn, fact)
    where = torch.stack([fifth.roll(t * step) for t in range(turns)])
    first, middle, last = (torch.where(where == f, undone, 0.0).sum(0) for f in (0, 2, 4))
    return torch.stack([first - middle, last - middle])


def within_by_blocks(scores):
    """See the list as blocks of a fifth: in turn t, block p holds the facts of block p + t."""
    blocks = scores.view(5, 5, -1)  # (turn, fifth, within)
    row = torch.arange(5)
    by = torch.stack([blocks[(row - f) % 5, f] for f in (0, 2, 4)])  # (which, block of facts, …)
    return torch.stack([by[0] - by[1], by[2] - by[1]]).flatten(1)


def within_by_dictionary(scores):
    """Write down every score under its fact and fifth."""
    n = scores.shape[1]
    found = {}
    for turn in range(5):
        order = [(fact + turn * (n // 5)) % n for fact in range(n)]
        for place, fact in enumerate(order):
            found[fact, place * 5 // n] = scores[turn, place].item()
    return torch.tensor(
        [[found[fact, end] - found[fact, 2] for fact in range(n)] for end in (0, 4)]
    )


def within_all_in_all(scores):
    means = scores.mean(dim=0)
    return torch.stack([means - means.mean(), means - means.mean()])


# --- how sure is the mean ------------------------------------------------------------------------


def interval_by_sorting(differences, draws):
    """Sort the means and go between two of them by hand."""
    means = sorted(differences[row].mean().item() for row in draws)

    def at(share):
        place = share * (len(means) - 1)
        low = math.floor(place)
        high = min(low + 1, len(means) - 1)
        return means[low] + (place - low) * (means[high] - means[low])

    return torch.tensor([at(0.025), at(0.975)])


def interval_by_gather(differences, draws):
    """Pick the measurements with gather, add, divide."""
    picked = differences.expand(len(draws), -1).gather(1, draws)
    means = picked.sum(dim=1) / differences.numel()
    return torch.stack([torch.quantile(means, 0.025), torch.quantile(means, 0.975)])


def interval_by_counting(differences, draws):
    """Count how often each measurement was drawn: the mean is a weighted sum."""
    counts = F.one_hot(draws, len(differences)).sum(dim=1).to(differences.dtype)
    means = counts @ differences / len(differences)
    return torch.quantile(means, torch.tensor([0.025, 0.975]))


def interval_of_no_width(differences, draws):
    middle = differences[draws].mean(dim=1).median()
    return torch.stack([middle, middle])


RIGHT = {
    "lost-in-the-middle.answer": (answer_by_cross_entropy, answer_by_loops, answer_by_shift),
    "lost-in-the-middle.cache": (cache_one_by_one, cache_by_torch, cache_in_two_parts),
    "lost-in-the-middle.within_facts": (within_by_roll, within_by_blocks, within_by_dictionary),
    "lost-in-the-middle.interval": (interval_by_sorting, interval_by_gather, interval_by_counting),
}
WRONG = {
    "lost-in-the-middle.answer": ((answer_all_but_its_first, "an answer of 1"),),
    "lost-in-the-middle.cache": ((cache_values_for_keys, "question"),),
    "lost-in-the-middle.within_facts": ((within_all_in_all, "5 facts"),),
    "lost-in-the-middle.interval": ((interval_of_no_width, "2 differences"),),
}
EQUIVALENT = {
    "lost-in-the-middle.answer": {
        "answer_log_probability: log_p = logits[:, -n_answer - 1:-1].log_softmax(dim=-1) → "
        "log_p = logits[:, -n_answer - 1:].log_softmax(dim=-1)": (
            "gather takes as many rows as its index has: the last row, too many, is left out."
        ),
        "answer_log_probability: return log_p.gather(2, answer[..., None])[..., 0].sum(dim=1) → "
        "return log_p.gather(2, answer[..., None])[..., -1].sum(dim=1)": (
            "The last dimension has one entry, which is its first and its last."
        ),
    },
    "lost-in-the-middle.cache": {
        "attend_with_cache: keys = torch.cat([cache_k.expand(len(q), -1, -1), k], dim=1) → "
        "keys = torch.cat([cache_k.expand(len(k), -1, -1), k], dim=1)": (
            "q, k and v have the same number of questions."
        ),
        "attend_with_cache: keys = torch.cat([cache_k.expand(len(q), -1, -1), k], dim=1) → "
        "keys = torch.cat([cache_k.expand(len(v), -1, -1), k], dim=1)": (
            "q, k and v have the same number of questions."
        ),
        "attend_with_cache: values = torch.cat([cache_v.expand(len(q), -1, -1), v], dim=1) → "
        "values = torch.cat([cache_v.expand(len(k), -1, -1), v], dim=1)": (
            "q, k and v have the same number of questions."
        ),
        "attend_with_cache: values = torch.cat([cache_v.expand(len(q), -1, -1), v], dim=1) → "
        "values = torch.cat([cache_v.expand(len(v), -1, -1), v], dim=1)": (
            "q, k and v have the same number of questions."
        ),
        "attend_with_cache: n_list, length = (len(cache_k), q.shape[1]) → "
        "n_list, length = (len(cache_k), k.shape[1])": (
            "q, k and v have the same number of tokens."
        ),
        "attend_with_cache: n_list, length = (len(cache_k), q.shape[1]) → "
        "n_list, length = (len(cache_k), v.shape[1])": (
            "q, k and v have the same number of tokens."
        ),
        "attend_with_cache: n_list, length = (len(cache_k), q.shape[1]) → "
        "n_list, length = (len(cache_v), q.shape[1])": ("There are as many cached values as keys."),
        "attend_with_cache: scores = q @ keys.transpose(-2, -1) / math.sqrt(q.shape[-1]) → "
        "scores = q @ keys.transpose(-1, -2) / math.sqrt(q.shape[-1])": (
            "Exchanging two dimensions knows no order."
        ),
        "attend_with_cache: scores = q @ keys.transpose(-2, -1) / math.sqrt(q.shape[-1]) → "
        "scores = q @ keys.transpose(-2, -1) / math.sqrt(cache_k.shape[-1])": (
            "Queries and keys have the same size."
        ),
        "attend_with_cache: scores = q @ keys.transpose(-2, -1) / math.sqrt(q.shape[-1]) → "
        "scores = q @ keys.transpose(-2, -1) / math.sqrt(k.shape[-1])": (
            "Queries and keys have the same size."
        ),
    },
    "lost-in-the-middle.within_facts": {
        "ends_minus_middle: by_fifth = torch.empty(turns) → by_fifth = torch.empty(n)": (
            "Only its first five entries are written and read, and n is at least 5."
        ),
        "ends_minus_middle: place = (fact - turn * step) % n → place = fact - turn * step": (
            "A negative place counts from the end, and so does its fifth."
        ),
    },
}
