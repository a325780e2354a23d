"""What we know of answers to the week gpt-from-scratch.

``RIGHT``: different right ways; a check must pass them all. ``WRONG``: wrong ways that are no
listed mistake, each with words that it must be told. ``EQUIVALENT``: mutants of a reference that
pass, each with why that is right.
"""

from collections import Counter
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F


def count_with_a_counter(words, counts):
    pairs = Counter()
    for word, count in zip(words, counts, strict=True):
        for left, right in pairwise(word):
            pairs[left, right] += count
    return pairs


def count_word_by_word_as_often(words, counts):
    pairs = Counter()
    for word, count in zip(words, counts, strict=True):
        for _ in range(count):
            pairs.update(pairwise(word))
    return pairs


def count_with_zeros(words, counts):
    tokens = {token for word in words for token in word}
    return {
        (left, right): sum(
            count * sum(pair == (left, right) for pair in pairwise(word))
            for word, count in zip(words, counts, strict=True)
        )
        for left in tokens
        for right in tokens
    }


def merge_recursively(tokens, pair, joined):
    if len(tokens) < 2:
        return list(tokens)
    if (tokens[0], tokens[1]) == pair:
        return [joined, *merge_recursively(tokens[2:], pair, joined)]
    return [tokens[0], *merge_recursively(tokens[1:], pair, joined)]


def merge_by_a_stack(tokens, pair, joined):
    done, open_ = [], None  # open_: a token that may still become a left part
    for token in tokens:
        if open_ is not None and (open_, token) == pair:
            done.append(joined)
            open_ = None
            continue
        if open_ is not None:
            done.append(open_)
        open_ = token
    return done if open_ is None else [*done, open_]


def merge_by_deleting(tokens, pair, joined):
    tokens, i = list(tokens), 0
    while i < len(tokens) - 1:
        if tokens[i] == pair[0] and tokens[i + 1] == pair[1]:
            tokens[i : i + 2] = [joined]
        i += 1
    return tokens


def encode_by_rank(text, merges):
    rank = {pair: i for i, pair in enumerate(merges)}
    tokens = list(text.encode("utf-8"))
    while True:
        known = [pair for pair in pairwise(tokens) if pair in rank]
        if not known:
            return tokens
        best = min(known, key=rank.get)
        tokens = merge_recursively(tokens, best, 256 + rank[best])


def encode_one_place_at_a_time(text, merges):
    rank = {pair: i for i, pair in enumerate(merges)}
    tokens = list(text.encode())
    while len(tokens) > 1:
        ranks = [rank.get(pair, len(rank)) for pair in pairwise(tokens)]
        place = ranks.index(min(ranks))
        if ranks[place] == len(rank):
            break
        tokens[place : place + 2] = [256 + ranks[place]]
    return tokens


def encode_by_a_stack(text, merges):
    tokens = list(text.encode())
    for i, pair in enumerate(merges):
        tokens = merge_by_a_stack(tokens, pair, i + 256)
    return tokens


def decode_by_taking_merges_back(tokens, merges):
    data = list(tokens)
    for i in reversed(range(len(merges))):
        data = [part for t in data for part in (merges[i] if t == 256 + i else (t,))]
    return bytes(data).decode(errors="replace")


def decode_recursively(tokens, merges):
    def spelled(token):
        if token < 256:
            return bytes([token])
        left, right = merges[token - 256]
        return spelled(left) + spelled(right)

    return b"".join(map(spelled, tokens)).decode("utf-8", errors="replace")


def decode_with_a_dict(tokens, merges):
    spelling = {byte: bytes([byte]) for byte in range(256)}
    for i, (left, right) in enumerate(merges):
        spelling[256 + i] = spelling[left] + spelling[right]
    return b"".join(spelling[token] for token in tokens).decode("utf-8", "replace")


def mask_by_comparing(n):
    place = torch.arange(n)
    return place[:, None] >= place


def mask_by_loops(n):
    return torch.tensor([[key <= query for key in range(n)] for query in range(n)])


def mask_in_numpy(n):
    return np.tri(n, dtype=bool)


def loss_by_gathering(logits, tokens):
    each = logits.log_softmax(-1)[:, :-1].gather(-1, tokens[:, 1:, None])
    return -each.mean()


def loss_by_loops(logits, tokens):
    batch, n = tokens.shape
    losses = [
        -logits[row, i].log_softmax(-1)[tokens[row, i + 1]]
        for row in range(batch)
        for i in range(n - 1)
    ]
    return sum(losses) / len(losses)


def loss_transposed(logits, tokens):
    return F.cross_entropy(logits.transpose(1, 2)[..., :-1], tokens[:, 1:])


def step_with_an_optimizer(weight, tokens, rate, most):
    table = torch.nn.Parameter(weight.clone())
    optimizer = torch.optim.SGD([table], lr=rate)
    loss_transposed(table[tokens] @ table.T, tokens).backward()
    torch.nn.utils.clip_grad_norm_([table], most)
    optimizer.step()
    return table.data


def step_by_hand(weight, tokens, rate, most):
    read, target = tokens[:, :-1].flatten(), tokens[:, 1:].flatten()
    table = weight.double()
    miss = (table[read] @ table.T).softmax(-1)
    miss[torch.arange(len(target)), target] -= 1
    miss /= len(target)
    gradient = miss.T @ table[read]  # of the scoring side
    gradient.index_add_(0, read, miss @ table)  # and of the reading side
    return (table - rate * gradient * min(1, most / gradient.norm())).float()


def step_by_backward(weight, tokens, rate, most):
    table = weight.clone().requires_grad_(True)
    logits = F.embedding(tokens, table) @ table.transpose(0, 1)
    loss_by_gathering(logits, tokens).backward()
    factor = min(1.0, most / table.grad.norm().item())
    with torch.no_grad():
        return table - rate * factor * table.grad


def nucleus_by_loops(logits, p, temperature=1.0):
    if logits.dim() > 1:
        return torch.stack([nucleus_by_loops(row, p, temperature) for row in logits])
    shares = (logits / temperature).softmax(-1).tolist()
    kept, held = [0.0] * len(shares), 0.0
    for token in sorted(range(len(shares)), key=lambda token: -shares[token]):
        kept[token] = shares[token]
        held += shares[token]
        if held >= p:
            break
    return torch.tensor(kept) / held


def nucleus_of_logits(logits, p, temperature=1.0):
    logits = logits / temperature
    ordered, order = logits.sort(-1, descending=True)
    out = ordered.softmax(-1).cumsum(-1).roll(1, -1)
    out[..., 0] = 0
    hidden = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, order, out >= p)
    return logits.masked_fill(hidden, float("-inf")).softmax(-1)


def nucleus_by_the_argsort_of_the_order(logits, p, temperature=1.0):
    shares = torch.softmax(logits.double() / temperature, -1)
    order = shares.argsort(-1, descending=True)
    ordered = shares.gather(-1, order)
    ordered = ordered * (ordered.cumsum(-1) - ordered < p)
    kept = ordered.gather(-1, order.argsort(-1))
    return (kept / kept.sum(-1, keepdim=True)).float()


# --- wrong ways that are no listed mistake -------------------------------------------------------


def count_with_the_pair_as_text(words, counts):
    return {(left * 1000 + right, 0): n for (left, right), n in count_with_a_counter(words, counts)
            .items()}  # fmt: skip


def merge_into_two(tokens, pair, joined):
    return [part for t in merge_by_a_stack(tokens, pair, joined)
            for part in ((joined, joined) if t == joined else (t,))]  # fmt: skip


def encode_in_utf_16(text, merges):
    tokens = list(text.encode("utf-16-le"))
    for i, pair in enumerate(merges):
        tokens = merge_by_a_stack(tokens, pair, i + 256)
    return tokens


def decode_with_question_marks(tokens, merges):
    return decode_recursively(tokens, merges).replace("\ufffd", "?")


def loss_with_smoothing(logits, tokens):
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], label_smoothing=0.1)


def step_of_signs(weight, tokens, rate, most):
    change = step_by_backward(weight, tokens, rate, most) - weight
    return weight + rate * change.sign()


def step_with_decay(weight, tokens, rate, most):
    return step_by_backward(weight, tokens, rate, most) - 0.1 * rate * weight


def nucleus_greedy(logits, p, temperature=1.0):
    return F.one_hot(logits.argmax(-1), logits.shape[-1]).float()


def nucleus_without_a_cut(logits, p, temperature=1.0):
    return (logits / temperature).softmax(-1)


def nucleus_drawn(logits, p, temperature=1.0):
    shares = nucleus_by_the_argsort_of_the_order(logits, p, temperature)
    return F.one_hot(torch.multinomial(shares, 1).squeeze(-1), logits.shape[-1]).float()


RIGHT = {
    "gpt-from-scratch.pairs": (
        (count_with_a_counter, merge_recursively),
        (count_word_by_word_as_often, merge_by_a_stack),
        (count_with_zeros, merge_by_deleting),
    ),
    "gpt-from-scratch.encode": (
        (encode_by_rank, decode_by_taking_merges_back),
        (encode_one_place_at_a_time, decode_recursively),
        (encode_by_a_stack, decode_with_a_dict),
    ),
    "gpt-from-scratch.step": (
        (mask_by_comparing, loss_by_gathering, step_with_an_optimizer),
        (mask_by_loops, loss_by_loops, step_by_hand),
        (mask_in_numpy, loss_transposed, step_by_backward),
    ),
    "gpt-from-scratch.nucleus": (
        nucleus_by_loops,
        nucleus_of_logits,
        nucleus_by_the_argsort_of_the_order,
    ),
}

WRONG = {
    "gpt-from-scratch.pairs": (
        ((count_with_the_pair_as_text, merge_by_a_stack), "count_pairs(words, counts)"),
        ((count_with_a_counter, merge_into_two), "merge(tokens, pair, joined)"),
    ),
    "gpt-from-scratch.encode": (
        ((encode_in_utf_16, decode_recursively), "encode(text, merges)"),
        ((encode_by_rank, decode_with_question_marks), "decode(tokens, merges)"),
    ),
    "gpt-from-scratch.step": (
        ((mask_by_comparing, loss_with_smoothing, step_by_hand), "next_token_loss"),
        ((mask_by_comparing, loss_by_loops, step_of_signs), "training_step"),
        ((mask_by_comparing, loss_by_loops, step_with_decay), "training_step"),
    ),
    "gpt-from-scratch.nucleus": (
        (nucleus_greedy, "The first difference is at"),
        (nucleus_without_a_cut, "The first difference is at"),
        (nucleus_drawn, "The first difference is at"),
    ),
}

AS_MANY = "There are as many counts as words, so nothing is left over."
ALWAYS_NAMED = "Every case names its temperature, so the default is never used."
OVERWRITTEN = (
    "The order holds every token once, so each place is written over, whatever stood there."
)
NUCLEUS_DEF = (
    "nucleus: def nucleus(logits, p, temperature=1.0): → def nucleus(logits, p, temperature="
)
EQUIVALENT = {
    "gpt-from-scratch.pairs": {
        "count_pairs: for word, count in zip(words, counts, strict=True): → "
        f"for word, count in zip(words, counts{instead}):": AS_MANY
        for instead in ("", ", strict=False")
    }
    | {
        "merge: if tuple(tokens[i:i + 2]) == tuple(pair): → if tuple(tokens[i:i + 2]) == pair:": (
            "The pair is a tuple already."
        ),
    },
    "gpt-from-scratch.step": {
        "training_step: weight = weight.detach().clone().requires_grad_() → "
        "weight = weight.detach().requires_grad_()": (
            "What is detached is another tensor with the same numbers, and these are only read."
        ),
        "training_step: weight = weight.detach().clone().requires_grad_() → "
        "weight = weight.clone().requires_grad_()": (
            "The table that is handed over asks for no gradient: there is nothing to detach."
        ),
        "training_step: if norm > most: → if norm >= most:": (
            "At equality the factor is 1, and nothing changes."
        ),
        "training_step: return (weight - rate * gradient).detach() → "
        "return weight - rate * gradient": "The numbers are the same; only these are asked for.",
    },
    "gpt-from-scratch.nucleus": {
        f"{NUCLEUS_DEF}{instead}):": ALWAYS_NAMED for instead in ("2.0", "0.5", "0.0")
    }
    | {
        "nucleus: ordered, order = shares.sort(dim=-1, descending=True) → "
        "ordered, order = shares.sort(descending=True)": "The last dimension is the default.",
        "nucleus: kept = ordered.masked_fill(before >= p, 0.0) → "
        "kept = ordered.masked_fill(before > p, 0.0)": (
            "They part where the likelier tokens hold exactly p, which sums of floats do not."
        ),
        "nucleus: kept = torch.zeros_like(shares).scatter(-1, order, kept) → "
        "kept = shares.scatter(-1, order, kept)": OVERWRITTEN,
        "nucleus: kept = torch.zeros_like(shares).scatter(-1, order, kept) → "
        "kept = torch.ones_like(shares).scatter(-1, order, kept)": OVERWRITTEN,
    },
}
