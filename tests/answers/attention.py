"""What we know of answers to the week attention.

``RIGHT``: different right ways; a check must pass them all. ``WRONG``: wrong ways that are no
listed mistake, each with words that it must be told. ``EQUIVALENT``: mutants of a reference that
pass, each with why that is right.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F


def weights_by_loops(scores, mask=None):
    mask = torch.ones_like(scores).bool() if mask is None else mask.expand(scores.shape)
    weights = torch.zeros_like(scores)
    for row in np.ndindex(*scores.shape[:-1]):
        allowed = [key for key in range(scores.shape[-1]) if mask[(*row, key)]]
        if not allowed:
            continue
        largest = max(float(scores[(*row, key)]) for key in allowed)
        parts = {key: math.exp(float(scores[(*row, key)]) - largest) for key in allowed}
        for key in allowed:
            weights[(*row, key)] = parts[key] / sum(parts.values())
    return weights


def weights_by_hand(scores, mask=None):
    scores = scores - scores.amax(dim=-1, keepdim=True)
    exponentials = scores.exp() if mask is None else scores.exp() * mask
    total = exponentials.sum(dim=-1, keepdim=True)
    # Differently from subtracting the largest allowed score, this can underflow; the cases' masked
    # scores are moderate.
    return exponentials / total.clamp_min(1e-30)


def weights_with_a_large_negative(scores, mask=None):
    if mask is None:
        return F.softmax(scores, -1)
    weights = F.softmax(torch.where(mask, scores, -1e9), -1)
    return torch.where(mask, weights, 0.0)


def weights_in_numpy_double(scores, mask=None):
    scores = scores.numpy().astype(np.float64)
    allowed = np.broadcast_to(True if mask is None else mask.numpy(), scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    largest = scores.max(-1, keepdims=True)
    parts = np.exp(scores - np.where(np.isfinite(largest), largest, 0))
    return parts / np.maximum(parts.sum(-1, keepdims=True), 1e-300)


def weights_nan_to_num(scores, mask=None):
    if mask is not None:
        scores = scores + torch.zeros_like(scores).masked_fill(~mask, float("-inf"))
    return torch.nan_to_num(scores.softmax(-1), nan=0.0)


def weights_in_another_layout(scores, mask=None):
    scores = scores.mT.contiguous()
    if mask is None:
        return scores.softmax(-2).mT
    hidden = mask.logical_not().mT
    return scores.masked_fill(hidden, float("-inf")).softmax(-2).masked_fill(hidden, 0.0).mT


def attention_by_einsum(q, k, v, mask=None):
    scores = torch.einsum("...qd,...kd->...qk", q, k) * q.size(-1) ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask
    return torch.einsum("...qk,...kd->...qd", weights, v)


def attention_by_library(q, k, v, mask=None):
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def attention_by_loops(q, k, v, mask=None):
    *batch, queries, d_k = q.shape
    shape = (*batch, queries, k.shape[-2])
    mask = torch.ones(shape).bool() if mask is None else mask.expand(shape)
    rows = []
    for place in np.ndindex(*batch, queries):
        stack = place[:-1]
        allowed = torch.nonzero(mask[place]).flatten()
        scores = [q[place] @ k[(*stack, key)] / d_k**0.5 for key in allowed.tolist()]
        if not scores:
            rows.append(torch.zeros(v.shape[-1]))
            continue
        parts = torch.stack(scores).softmax(0)
        rows.append(
            sum(w * v[(*stack, key)] for w, key in zip(parts, allowed.tolist(), strict=True))
        )
    return torch.stack(rows).view(*batch, queries, v.shape[-1])


def attention_scaling_both(q, k, v, mask=None):
    root = q.shape[-1] ** 0.25
    scores = (k / root @ (q / root).mT).mT
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not(), float("-inf"))
    weights = scores.softmax(-1)
    return (weights if mask is None else weights.masked_fill(~mask, 0)).matmul(v)


def attention_in_double(q, k, v, mask=None):
    q, k, v = q.double(), k.double(), v.double()
    return attention_by_einsum(q, k, v, mask)


def attention_one_query_at_a_time(q, k, v, mask=None):
    stack = torch.broadcast_shapes(q.shape[:-2], k.shape[:-2])
    mask = torch.ones(()).bool() if mask is None else mask
    mask = mask.expand(*stack, q.shape[-2], k.shape[-2])
    results = []
    for query in range(q.shape[-2]):
        scores = (k * q[..., query : query + 1, :]).sum(-1).div(math.sqrt(k.shape[-1]))
        scores = scores.masked_fill(~mask[..., query, :], -1e30)
        weights = scores.softmax(-1).where(mask[..., query, :], 0.0)
        results.append((weights[..., None] * v).sum(-2))
    # Queries were stacked in front and moved back: another layout in memory.
    return torch.stack(results).movedim(0, -2)


def split_by_slices(x, n_heads):
    d_head = x.shape[-1] // n_heads
    return torch.stack([x[..., h * d_head : (h + 1) * d_head] for h in range(n_heads)], dim=1)


def join_by_cat(heads):
    return torch.cat(list(heads.unbind(1)), dim=-1)


def split_by_unflatten(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).movedim(-2, 1).contiguous()


def join_by_flatten(heads):
    return heads.permute(0, 2, 1, 3).flatten(2)


def split_by_loops(x, n_heads):
    batch, position, d_model = x.shape
    d_head = d_model // n_heads
    heads = x.new_zeros(batch, n_heads, position, d_head)
    for feature in range(d_model):
        heads[:, feature // d_head, :, feature % d_head] = x[:, :, feature]
    return heads


def join_by_einsum(heads):
    _, n_heads, _, d_head = heads.shape
    put = torch.eye(n_heads * d_head).view(n_heads, d_head, n_heads * d_head)
    return torch.einsum("bhpd,hdm->bpm", heads, put)


def split_in_numpy(x, n_heads):
    return np.stack(np.split(x.numpy().astype(np.float64), n_heads, axis=-1), axis=1)


def join_in_numpy(heads):
    return np.concatenate(list(np.swapaxes(heads.numpy(), 0, 1)), axis=-1)


def multi_head_by_library(x, context, weights, biases, n_heads, mask=None):
    full = None
    if mask is not None:
        full = (
            mask.expand(len(x), n_heads, x.shape[1], context.shape[1]).flatten(0, 1).logical_not()
        )
    mixed, _ = F.multi_head_attention_forward(
        *(part.transpose(0, 1) for part in (x, context, context)),
        embed_dim_to_check=x.shape[-1],
        num_heads=n_heads,
        in_proj_weight=weights[:3].flatten(0, 1),
        in_proj_bias=biases[:3].flatten(),
        bias_k=None,
        bias_v=None,
        add_zero_attn=False,
        dropout_p=0.0,
        out_proj_weight=weights[3],
        out_proj_bias=biases[3],
        attn_mask=full,
        need_weights=False,
    )
    return mixed.transpose(0, 1)


def multi_head_by_loops(x, context, weights, biases, n_heads, mask=None):
    d_head = x.shape[-1] // n_heads
    total = biases[3]
    for head in range(n_heads):
        part = slice(head * d_head, (head + 1) * d_head)
        q, k, v = (
            F.linear(source, weights[i][part], biases[i][part])
            for i, source in enumerate((x, context, context))
        )
        own = None if mask is None else (mask[:, 0] if mask.dim() == 4 else mask)
        # The output projection of joined heads is the sum of each head's own share of it.
        total = total + attention_by_einsum(q, k, v, own) @ weights[3][:, part].T
    return total


def multi_head_by_einsum(x, context, weights, biases, n_heads, mask=None):
    w = weights.view(4, n_heads, -1, weights.shape[-1])
    b = biases.view(4, n_heads, 1, -1)
    q = torch.einsum("bpm,hdm->bhpd", x, w[0]) + b[0]
    k = torch.einsum("bpm,hdm->bhpd", context, w[1]) + b[1]
    v = torch.einsum("bpm,hdm->bhpd", context, w[2]) + b[2]
    heads = attention_by_einsum(q, k, v, mask)
    out = weights[3].view(weights.shape[-1], n_heads, -1)
    return torch.einsum("bhpd,mhd->bpm", heads, out) + biases[3]


def multi_head_in_double(x, context, weights, biases, n_heads, mask=None):
    given = (part.double() for part in (x, context, weights, biases))
    return multi_head_by_einsum(*given, n_heads, mask)


# --- wrong ways ----------------------------------------------------------------------------------


def weights_shared_out_without_exponential(scores, mask=None):
    scores = scores if mask is None else scores.masked_fill(~mask, 0.0)
    return scores / scores.sum(-1, keepdim=True)


def weights_by_sigmoid(scores, mask=None):
    return scores.sigmoid() if mask is None else scores.sigmoid() * mask


def weights_over_everything(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -float("inf"))
    return scores.flatten().softmax(0).view(scores.shape)


def weights_with_an_epsilon(scores, mask=None):
    parts = (scores - scores.amax(-1, keepdim=True)).exp()
    parts = parts if mask is None else parts * mask
    return parts / (parts.sum(-1, keepdim=True) + 1e-3)


def weights_in_bfloat16(scores, mask=None):
    return weights_nan_to_num(scores.bfloat16(), mask)


def weights_rounded(scores, mask=None):
    return weights_nan_to_num(scores, mask).mul(1000).round().div(1000)


def weights_returned_with_a_mask_only(scores, mask=None):
    return None if mask is None else weights_nan_to_num(scores, mask)


def weights_where_the_mask_is_true(scores, mask=None):
    return weights_nan_to_num(scores, mask if mask else None)


def weights_of_a_mask_that_is_there(scores, mask=None):
    return weights_nan_to_num(scores.masked_fill(~mask, -float("inf")))


def weights_in_lists(scores, mask=None):
    return weights_nan_to_num(scores, mask).tolist()


def weights_always_causal(scores, mask=None):
    return weights_nan_to_num(scores, torch.ones_like(scores).tril().bool())


def attention_not_scaled_at_two(q, k, v, mask=None):
    root = 1.0 if q.shape[-1] == 2 else 1 / math.sqrt(q.shape[-1])
    return attention_by_einsum(q * root * math.sqrt(q.shape[-1]), k, v, mask)


def attention_scaled_by_one_less(q, k, v, mask=None):
    d_k = q.shape[-1]
    return attention_by_einsum(q * math.sqrt(d_k / max(d_k - 1, 1)), k, v, mask)


def attention_scaled_with_an_epsilon(q, k, v, mask=None):
    root = math.sqrt(q.shape[-1])
    return attention_by_einsum(q * root / (root + 0.01), k, v, mask)


def attention_scaled_by_eight(q, k, v, mask=None):
    return attention_by_einsum(q * math.sqrt(q.shape[-1]) / 8, k, v, mask)


def attention_of_directions(q, k, v, mask=None):
    root = math.sqrt(q.shape[-1])
    return attention_by_einsum(F.normalize(q, dim=-1) * root, F.normalize(k, dim=-1), v, mask)


def attention_divided_to_whole_numbers(q, k, v, mask=None):
    scores = q @ k.mT // math.sqrt(q.shape[-1])
    return weights_nan_to_num(scores, mask) @ v


def attention_by_capital_t(q, k, v, mask=None):
    return weights_nan_to_num(q @ k.T / math.sqrt(q.shape[-1]), mask) @ v


def attention_of_every_mask_as_causal(q, k, v, mask=None):
    return F.scaled_dot_product_attention(q, k, v, is_causal=mask is not None)


def attention_with_dropout(q, k, v, mask=None):
    return F.dropout(attention_by_einsum(q, k, v, mask), 0.5)


def attention_with_its_weights(q, k, v, mask=None):
    mixed = attention_by_einsum(q, k, v, mask)
    return mixed, weights_nan_to_num(q @ k.mT / math.sqrt(q.shape[-1]), mask)


def attention_of_detached_weights(q, k, v, mask=None):
    return attention_by_einsum(q.detach(), k.detach(), v, mask)


def attention_of_true_and_false(q, k, v, mask=None):
    return (q > 0) @ (k > 0).mT


def split_into_the_batch(x, n_heads):
    return x.view(x.shape[0] * n_heads, x.shape[1], -1)


def split_into_pieces_of_n_heads(x, n_heads):
    return torch.stack(x.split(n_heads, -1), dim=1)


def split_into_a_list(x, n_heads):
    return x.chunk(n_heads, dim=-1)


def split_with_a_float(x, n_heads):
    return x.view(*x.shape[:2], n_heads, x.shape[-1] / n_heads).transpose(1, 2)


def split_with_positions_last(x, n_heads):
    return split_by_slices(x, n_heads).mT


def join_by_view_after_transpose(heads):
    batch, n_heads, position, d_head = heads.shape
    return heads.transpose(1, 2).view(batch, position, n_heads * d_head)


def join_without_flattening(heads):
    return heads.transpose(1, 2)


def multi_head_made_anew(x, context, weights, biases, n_heads, mask=None):
    return torch.nn.MultiheadAttention(x.shape[-1], n_heads, batch_first=True)(
        x, context, context, need_weights=False
    )[0]


def multi_head_projected_after_splitting(x, context, weights, biases, n_heads, mask=None):
    d_head = x.shape[-1] // n_heads
    q, k, v = (
        split_by_slices(source, n_heads) @ w[:d_head, :d_head].T + b[:d_head]
        for source, w, b in zip((x, context, context), weights, biases, strict=False)
    )
    return join_by_cat(attention_by_einsum(q, k, v, mask)) @ weights[3].T + biases[3]


def multi_head_with_values_of_x(x, context, weights, biases, n_heads, mask=None):
    q, k, v = (
        split_by_slices(source @ w.T + b, n_heads)
        for source, w, b in zip((x, context, x), weights, biases, strict=False)
    )
    return join_by_cat(attention_scaling_both(q, k, v, mask)) @ weights[3].T + biases[3]


def multi_head_plus_x(x, context, weights, biases, n_heads, mask=None):
    return x + multi_head_by_loops(x, context, weights, biases, n_heads, mask)


def multi_head_of_detached_weights(x, context, weights, biases, n_heads, mask=None):
    return multi_head_by_loops(x, context, weights.detach(), biases, n_heads, mask)


def multi_head_with_weights_put_into_a_layer(x, context, weights, biases, n_heads, mask=None):
    eye = torch.eye(x.shape[-1])
    last = torch.nn.Linear(*eye.shape)
    last.weight.data, last.bias.data = weights[3], biases[3]
    inner = torch.cat([weights[:3], eye[None]]), torch.cat([biases[:3], 0 * biases[3:]])
    return last(multi_head_by_loops(x, context, *inner, n_heads, mask))


RIGHT = {
    "attention.weights": (
        weights_by_loops,
        weights_by_hand,
        weights_with_a_large_negative,
        weights_in_numpy_double,
        weights_nan_to_num,
        weights_in_another_layout,
    ),
    "attention.scaled_dot_product": (
        attention_by_einsum,
        attention_by_library,
        attention_by_loops,
        attention_scaling_both,
        attention_in_double,
        attention_one_query_at_a_time,
    ),
    "attention.split_and_join_heads": (
        (split_by_slices, join_by_cat),
        (split_by_unflatten, join_by_flatten),
        (split_by_loops, join_by_einsum),
        (split_in_numpy, join_in_numpy),
    ),
    "attention.multi_head": (
        multi_head_by_library,
        multi_head_by_loops,
        multi_head_by_einsum,
        multi_head_in_double,
    ),
}

CUT_OFF = "cuts it off"
WRONG = {
    "attention.weights": (
        (weights_shared_out_without_exponential, "The first difference is at"),
        (weights_by_sigmoid, "The first difference is at"),
        (weights_over_everything, "1 key"),
        (weights_with_an_epsilon, "a small constant that should not be there"),
        (weights_in_bfloat16, "Numbers with few digits do this"),
        (weights_rounded, "Numbers with few digits do this"),
        (weights_returned_with_a_mask_only, "Is there a path through it with no return?"),
        (weights_where_the_mask_is_true, "`if t is not None`"),
        (weights_of_a_mask_that_is_there, "Something is None here"),
        (weights_in_lists, "is a list or tuple where one array is expected"),
        (weights_always_causal, "for example: 3 positions, causal mask"),
    ),
    "attention.scaled_dot_product": (
        (attention_not_scaled_at_two, "Wherever it is wrong, it does just what this mistake does"),
        (attention_scaled_by_one_less, "for example: d_k = 1"),
        (attention_scaled_with_an_epsilon, "The first difference is at"),
        (attention_scaled_by_eight, "for example: 2 sequences, d_k = 64"),
        (attention_of_directions, "The first difference is at"),
        (attention_divided_to_whole_numbers, "The first difference is at"),
        (attention_by_capital_t, "`.T` turns"),
        (attention_of_every_mask_as_causal, "for example: 1 query, 2 keys"),
        (attention_with_dropout, "something in it is random"),
        (attention_with_its_weights, "The first is right: return it alone"),
        (attention_of_detached_weights, CUT_OFF),
        (attention_of_true_and_false, "does not take numbers of this kind"),
    ),
    "attention.split_and_join_heads": (
        ((split_into_the_batch, join_by_cat), "The shape of split_heads(x, n_heads)"),
        ((split_into_pieces_of_n_heads, join_by_cat), "The shape of split_heads(x, n_heads)"),
        ((split_into_a_list, join_by_cat), "`torch.stack` makes one"),
        ((split_with_a_float, join_by_cat), "use `//`"),
        ((split_with_positions_last, join_by_cat), "The shape of split_heads(x, n_heads)"),
        ((split_by_slices, join_by_view_after_transpose), "after a transpose the order is another"),
        ((split_by_slices, join_without_flattening), "The shape of join_heads(heads)"),
    ),
    "attention.multi_head": (
        (multi_head_made_anew, "a layer made anew with weights of its own"),
        (multi_head_projected_after_splitting, "for example: 1 head"),
        (multi_head_with_values_of_x, "made from another input than you meant"),
        (multi_head_plus_x, "The first difference is at"),
        (multi_head_of_detached_weights, CUT_OFF),
        (multi_head_with_weights_put_into_a_layer, "Yours is 0 wherever they differ"),
    ),
}

IDLE = (
    "b_k adds q · b_k to all scores of a query, the same for every key. Softmax does not see what "
    "is added to all, so neither the result nor any gradient depends on b_k, whatever stands there."
)
SAME_DIMENSIONS = "Which of the two dimensions is named first makes no difference to a transpose."
EQUIVALENT = {
    "attention.scaled_dot_product": {
        "scaled_dot_product_attention: d_k = q.shape[-1] → d_k = k.shape[-1]": (
            "Queries and keys have the same size, or their dot product would not exist."
        ),
        "scaled_dot_product_attention: scores = q @ k.transpose(-2, -1) / math.sqrt(d_k) → "
        "scores = q @ k.transpose(-1, -2) / math.sqrt(d_k)": SAME_DIMENSIONS,
    },
    "attention.split_and_join_heads": {
        "split_heads: return x.transpose(1, 2) → return x.transpose(2, 1)": SAME_DIMENSIONS,
        "join_heads: heads = heads.transpose(1, 2) → heads = heads.transpose(2, 1)": (
            SAME_DIMENSIONS
        ),
    },
    "attention.multi_head": {
        "multi_head_attention: k = split_heads(context @ w_k.T + b_k, n_heads) → "
        f"k = split_heads(context @ w_k.T{instead}, n_heads)": IDLE
        for instead in ("", " - b_k", " + b_q", " + b_v", " + b_o")
    },
}
