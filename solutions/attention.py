"""The exercises of the week *attention*, as the course judges them.

Notation: ``scores[..., query, key]``; a mask is boolean and True where a query may attend to a key.
"""

import math

import torch

from paperclub.exercises import Case, Exercise, Mistake, Prediction

INF = float("inf")

# --- attention.weights ---------------------------------------------------------------------------


def attention_weights(scores, mask=None):
    """Turn scores into weights that sum to 1 over the keys."""
    if mask is not None:
        scores = scores.masked_fill(~mask, -INF)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)  # a row of nothing but -inf became NaN
    return weights


def weights_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def scores(*shape):
        return torch.randn(*shape, generator=random)

    return [
        Case("2 queries, 3 keys, no mask", {"scores": scores(2, 3), "mask": None}),
        Case("2 queries, 3 keys, a mask", {"scores": scores(2, 3), "mask": some(2, 3, random)}),
        Case("3 positions, causal mask", {"scores": scores(3, 3), "mask": causal(3)}),
        Case(
            "3 queries, 2 keys, a query that may attend to nothing",
            {"scores": scores(3, 2), "mask": torch.tensor([[1, 0], [0, 0], [1, 1]]).bool()},
        ),
        Case("1 key", {"scores": scores(2, 1), "mask": None}),
        Case(
            "2 sequences, 2 heads, 3 queries, 4 keys, one mask for all",
            {"scores": scores(2, 2, 3, 4), "mask": some(3, 4, random)},
        ),
        Case(
            "2 sequences, 2 heads, the second sequence ends in padding",
            {"scores": scores(2, 2, 3, 4), "mask": padding([4, 2], 4)},
        ),
        Case(
            "a query with scores of 200, one with small scores",
            {"scores": scores(2, 4) + torch.tensor([[0, 200, 199, 0], [0, 0, 0, 0]]), "mask": None},
        ),
        Case(
            "scores of -200, a mask",
            {"scores": scores(2, 3) - 200, "mask": some(2, 3, random)},
        ),
    ]


def weights_over_queries(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -INF)
    weights = torch.softmax(scores, dim=-2)
    return weights if mask is None else weights.masked_fill(~mask, 0.0)


def weights_from_the_front(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -INF)
    weights = torch.softmax(scores, dim=1)
    return weights if mask is None else weights.masked_fill(~mask, 0.0)


def weights_from_the_front_with_nan(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -INF)
    return torch.softmax(scores, dim=1)


def weights_over_the_first(scores, mask=None):
    weights = weights_over_the_first_with_nan(scores, mask)
    return weights if mask is None else weights.masked_fill(~mask, 0.0)


def weights_over_the_first_with_nan(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -INF)
    return torch.softmax(scores, dim=0)


def weights_mask_inverted(scores, mask=None):
    return attention_weights(scores, None if mask is None else ~mask)


def weights_mask_inverted_with_nan(scores, mask=None):
    return weights_nan(scores, None if mask is None else ~mask)


def weights_over_queries_with_nan(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -INF)
    return torch.softmax(scores, dim=-2)


def weights_mask_transposed(scores, mask=None):
    return attention_weights(scores, None if mask is None else mask.transpose(-2, -1))


def weights_mask_ignored(scores, mask=None):
    return torch.softmax(scores, dim=-1)


def weights_mask_after_softmax(scores, mask=None):
    weights = torch.softmax(scores, dim=-1)
    return weights if mask is None else weights * mask


def weights_mask_as_zero_score(scores, mask=None):
    return torch.softmax(scores if mask is None else scores * mask, dim=-1)


def weights_mask_added(scores, mask=None):
    return torch.softmax(scores if mask is None else scores + mask, dim=-1)


def weights_nan(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -INF)
    return torch.softmax(scores, dim=-1)


def weights_uniform_row(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    return torch.softmax(scores, dim=-1)


def weights_unmasked_row(scores, mask=None):
    if mask is not None:
        scores = scores + torch.where(mask, 0.0, -1e4)  # added, so the row keeps its differences
    return torch.softmax(scores, dim=-1)


def weights_hidden_by(score, zeros=True):
    """Weights whose hidden scores become ``score``; with ``zeros``, empty rows hold zeros."""

    def answer(scores, mask=None):
        if mask is None:
            return torch.softmax(scores, dim=-1)
        weights = torch.softmax(scores.masked_fill(~mask, score), dim=-1)
        return weights * mask.any(dim=-1, keepdim=True) if zeros else weights

    return answer


def weights_one_maximum(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -INF)
    exponentials = (scores - scores.max()).exp()
    return torch.nan_to_num(exponentials / exponentials.sum(-1, keepdim=True))


def weights_one_maximum_with_nan(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -INF)
    exponentials = (scores - scores.max()).exp()
    return exponentials / exponentials.sum(-1, keepdim=True)


def weights_infinity_times_mask(scores, mask=None):
    if mask is not None:
        scores = scores - INF * ~mask
    return torch.softmax(scores, dim=-1)


def weights_of_plus_infinity(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, INF)
    return torch.softmax(scores, dim=-1)


def weights_overflow(scores, mask=None):
    exponentials = scores.exp()
    if mask is not None:
        exponentials = exponentials * mask
    total = exponentials.sum(-1, keepdim=True)
    return exponentials / total.where(total > 0, 1.0)


def weights_overflow_with_nan(scores, mask=None):
    exponentials = scores.exp() if mask is None else scores.exp() * mask
    return exponentials / exponentials.sum(-1, keepdim=True)


def weights_overflow_without_nan(scores, mask=None):
    return torch.nan_to_num(weights_overflow_with_nan(scores, mask))


def weights_in_place(scores, mask=None):
    if mask is not None:
        scores.masked_fill_(~mask, -INF)
    return attention_weights(scores, mask)


WEIGHTS = Exercise(
    id="attention.weights",
    title="Attention weights from scores, with a mask",
    asks=("attention_weights",),
    reference=attention_weights,
    cases=weights_cases,
    points=2,
    difficulty=1,
    importance=4,
    minutes=10,
    mistakes=(
        Mistake(
            "softmax over the queries",
            weights_over_queries,
            "Your columns sum to 1, but each query shares out its attention: every row should. "
            "Which dimension counts the keys?",
            variants=(weights_over_queries_with_nan,),
        ),
        Mistake(
            "dimension counted from the front",
            weights_from_the_front,
            "It is right for two dimensions only. With sequences and heads in front, dimension 1 "
            "no longer counts the keys; the last one always does.",
            variants=(weights_from_the_front_with_nan,),
        ),
        Mistake(
            "softmax over the first dimension",
            weights_over_the_first,
            "Dimension 0 counts the queries, or with batches in front the sequences; you share out "
            "over these. Name the dimension of the keys, and from the end, so that it is the same "
            "one however many stand in front.",
            variants=(weights_over_the_first_with_nan,),
        ),
        Mistake(
            "mask inverted",
            weights_mask_inverted,
            "You kept what should be hidden and hid what should be kept. Here True means that a "
            "query may attend. (`torch.nn.MultiheadAttention` uses it the other way round: a "
            "well-known trap.)",
            variants=(weights_mask_inverted_with_nan,),
        ),
        Mistake(
            "mask transposed",
            weights_mask_transposed,
            "The rows of the mask are queries and its columns keys, as in the scores. With a "
            "causal mask transposed, each position sees the future and not the past.",
        ),
        Mistake(
            "mask ignored",
            weights_mask_ignored,
            "Without a mask you are right; with one, hidden keys still get weight. Where does "
            "`mask` enter your code?",
        ),
        Mistake(
            "mask applied after the softmax",
            weights_mask_after_softmax,
            "Hidden keys get 0, but the weights that remain no longer sum to 1: the softmax had "
            "already given part of the attention away. What must a score be so that softmax itself "
            "gives 0?",
        ),
        Mistake(
            "hidden scores set to 0",
            weights_mask_as_zero_score,
            "A score of 0 is not no attention: exp(0) is 1. Which score has the exponential 0?",
        ),
        Mistake(
            "mask added to the scores",
            weights_mask_added,
            "True counts as 1 and False as 0, so allowed keys only gained a little. A mask that "
            "is added must hold 0 and −∞, not 1 and 0.",
        ),
        Mistake(
            "NaN where a query may attend to nothing",
            weights_nan,
            "A row of nothing but −∞ gives 0/0 in the softmax. Batches with padding have such "
            "rows, and one NaN spreads through the whole model. The docstring says what the row "
            "should hold.",
        ),
        Mistake(
            "a query that may attend to nothing attends to everything",
            weights_uniform_row,
            "With a large negative number for −∞, a row in which all keys are hidden has equal "
            "scores, and softmax makes equal weights of them (or, where it was added, the weights "
            "of an attention without a mask). That query should get zeros.",
            variants=(weights_unmasked_row,),
        ),
        Mistake(
            "hidden scores not low enough",
            weights_hidden_by(-100),
            "A number such as −10 or −100 hides a key only as long as the other scores are much "
            "larger than it; nothing keeps them so. Which score is below every other?",
            variants=(
                weights_hidden_by(-100, zeros=False),
                weights_hidden_by(-10),
                weights_hidden_by(-10, zeros=False),
            ),
        ),
        Mistake(
            "plus infinity for minus infinity",
            weights_of_plus_infinity,
            "The exponential of +∞ is ∞, and ∞/∞ is not a number. Which end of the line has the "
            "exponential 0?",
        ),
        Mistake(
            "infinity multiplied by the mask",
            weights_infinity_times_mask,
            "Where the mask is to change nothing, your line computes 0 · ∞, which is not 0 but not "
            "a number. Put −∞ in by a choice (`masked_fill`, `torch.where`), not by a product.",
        ),
        Mistake(
            "exponential of a large score",
            weights_overflow,
            "exp(89) is too large for a 32-bit number and becomes ∞, and ∞/∞ is NaN. Subtracting "
            "the row's largest score first changes nothing else; `torch.softmax` does it for you.",
            variants=(weights_overflow_with_nan, weights_overflow_without_nan),
        ),
        Mistake(
            "one maximum for all rows",
            weights_one_maximum,
            "You subtract the largest of all scores. A query whose own scores are far below it is "
            "left with exponentials of 0, and 0/0: each row needs its own maximum.",
            variants=(weights_one_maximum_with_nan,),
        ),
        Mistake(
            "scores changed in place",
            weights_in_place,
            "The weights are right, but the caller's scores now hold −∞: a function name with a "
            "trailing underscore works in place. Its twin without one makes a new tensor.",
        ),
    ),
    hints=(
        "Softmax turns a score of −∞ into a weight of exactly 0. So the mask works on the scores, "
        "before the softmax.",
        "`scores.masked_fill(condition, value)` replaces values where the condition is True; "
        "`~mask` is the opposite of `mask`. Then softmax over the last dimension. Last, look at a "
        "row in which everything is hidden.",
    ),
    symptoms=(
        ("rows do not sum to 1", "The softmax runs over the queries, or the mask came after it."),
        (
            "weights look uniform",
            "A hidden score of 0 instead of −∞, or rows with every key hidden.",
        ),
        ("result is NaN", "A row in which every key is hidden: softmax of nothing but −∞ is 0/0."),
        (
            "causal weights fill the upper triangle",
            "The mask is inverted or transposed: row = query, column = key, True = may attend.",
        ),
    ),
    covered="no mask, a mask shared by the batch, padding, a causal mask, a query with nothing to "
    "attend to, scores too large for a plain exponential and scores far below 0",
    next_step="`attention.scaled_dot_product`, where the scores come from.",
    why="The mask goes in before the softmax so that the weights that remain are shared out anew: "
    "the exponential of −∞ is 0 and takes part in no sum. The second `masked_fill` is for rows "
    "with nothing allowed, where the softmax divides 0 by 0. Zero is a choice (attending to "
    "nothing brings back nothing), and the one that PyTorch's own attention makes.",
)

# --- attention.scaled_dot_product ----------------------------------------------------------------


def scaled_dot_product_attention(q, k, v, mask=None):
    """Mix the values by how well each query matches each key."""
    d_k = q.shape[-1]
    scores = q @ k.transpose(-2, -1) / math.sqrt(d_k)  # (..., query, key)
    return attention_weights(scores, mask) @ v  # (..., query, d_v)


def scaled_dot_product_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(batch, queries, keys, d_k, d_v, mask=None):
        def normal(*shape):
            return torch.randn(*batch, *shape, generator=random)

        q, k, v = normal(queries, d_k), normal(keys, d_k), normal(keys, d_v)
        return {"q": q, "k": k, "v": v, "mask": mask}

    return [
        Case("1 query, 2 keys, d_k = 2", inputs((), 1, 2, 2, 2)),
        Case("2 queries, 3 keys, d_k = 2, d_v = 3", inputs((), 2, 3, 2, 3)),
        Case("3 positions, causal mask", inputs((), 3, 3, 4, 2, causal(3))),
        Case("as many positions as dimensions", inputs((), 4, 4, 4, 4)),
        Case("d_k = 1", inputs((), 2, 3, 1, 2)),
        Case(
            "2 sequences, 3 heads, the second sequence ends in padding",
            inputs((2, 3), 4, 5, 8, 6, padding([5, 2], 5)),
        ),
        Case(
            "a query that may attend to nothing",
            inputs((), 2, 3, 2, 2, torch.tensor([[1, 1, 0], [0, 0, 0]]).bool()),
        ),
        Case("2 sequences, d_k = 64", inputs((2,), 3, 5, 64, 4)),
    ]


def attention_scaled_by(factor):
    """Attention whose scores are multiplied by ``factor(q, k, v)``."""

    def answer(q, k, v, mask=None):
        return attention_weights(q @ k.transpose(-2, -1) * factor(q, k, v), mask) @ v

    return answer


def attention_scaled_after_softmax(q, k, v, mask=None):
    weights = attention_weights(q @ k.transpose(-2, -1), mask)
    return weights / math.sqrt(q.shape[-1]) @ v


def attention_with(weights):
    """Attention that makes its weights from scores and mask by ``weights``."""

    def answer(q, k, v, mask=None):
        return weights(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), mask) @ v

    return answer


def attention_swapped(q, k, v, mask=None):
    scores = k @ q.transpose(-2, -1) / math.sqrt(q.shape[-1])
    return attention_weights(scores, mask) @ v


def attention_reshaped(q, k, v, mask=None):
    *batch, keys, d_k = k.shape
    scores = q @ k.reshape(*batch, d_k, keys) / math.sqrt(d_k)
    return attention_weights(scores, mask) @ v


def attention_keys_mixed(q, k, v, mask=None):
    return attention_weights(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), mask) @ k


def attention_without_softmax(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    return (scores if mask is None else scores.masked_fill(~mask, 0.0)) @ v


def attention_without_softmax_or_mask(q, k, v, mask=None):
    return q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]) @ v


def attention_from_the_front(dimension, with_nan=False):
    """Attention with the softmax over ``dimension(scores)``, counted from the front."""

    def weights(scores, mask=None):
        if mask is not None:
            scores = scores.masked_fill(~mask, -INF)
        weights = torch.softmax(scores, dim=dimension(scores))
        return weights if mask is None or with_nan else weights.masked_fill(~mask, 0.0)

    return attention_with(weights)


def undeclared(scores):
    """The dimension that `F.softmax` takes when it is told none."""
    return 0 if scores.dim() in (0, 1, 3) else 1


def attention_weights_returned(q, k, v, mask=None):
    return attention_weights(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), mask)


def attention_cut_off(q, k, v, mask=None):
    return scaled_dot_product_attention(q.detach(), k.detach(), v.detach(), mask)


SCALED_DOT_PRODUCT = Exercise(
    id="attention.scaled_dot_product",
    title="Scaled dot-product attention",
    asks=("scaled_dot_product_attention",),
    reference=scaled_dot_product_attention,
    cases=scaled_dot_product_cases,
    gradients=("q", "k", "v"),
    points=4,
    difficulty=2,
    importance=5,
    minutes=15,
    mistakes=(
        Mistake(
            "no scale",
            attention_scaled_by(lambda q, k, v: 1.0),
            "Your scores are larger than they should be, by a factor that depends on d_k. What "
            "does equation 1 divide by?",
        ),
        Mistake(
            "divided by d_k, not by its root",
            attention_scaled_by(lambda q, k, v: 1 / q.shape[-1]),
            "Your scores are smaller than they should be, by a factor that depends on d_k. What "
            "stands over d_k in equation 1?",
        ),
        Mistake(
            "multiplied by the root of d_k",
            attention_scaled_by(lambda q, k, v: math.sqrt(q.shape[-1])),
            "The scores grew where they should shrink. Look at how multiplication and division "
            "follow each other in your line; brackets may be missing.",
        ),
        Mistake(
            "root of the number of keys",
            attention_scaled_by(lambda q, k, v: 1 / math.sqrt(k.shape[-2])),
            "The scale is the root of a size, but of another one: yours changes when a sequence "
            "gets longer. Over which index does a dot product of query and key sum?",
        ),
        Mistake(
            "root of d_v",
            attention_scaled_by(lambda q, k, v: 1 / math.sqrt(v.shape[-1])),
            "The size of the values has no part in the scores. They come from queries and keys.",
        ),
        Mistake(
            "root of the number of queries",
            attention_scaled_by(lambda q, k, v: 1 / math.sqrt(q.shape[-2])),
            "The scale is the root of a size, but of another one: yours changes with the number of "
            "queries (or of sequences). A dot product sums over the last dimension.",
            variants=(attention_scaled_by(lambda q, k, v: 1 / math.sqrt(q.shape[0])),),
        ),
        Mistake(
            "scaled after the softmax",
            attention_scaled_after_softmax,
            "The weights of a query no longer sum to 1. The scale belongs to the scores: it must "
            "act before the exponential sees them.",
        ),
        Mistake(
            "softmax over the queries",
            attention_with(weights_over_queries),
            "Each key shares out its weight over the queries, but it is the queries that share out "
            "their attention. Which dimension of the scores counts the keys?",
            variants=(attention_with(weights_over_queries_with_nan),),
        ),
        Mistake(
            "dimension counted from the front",
            attention_from_the_front(lambda scores: 1),
            "Your softmax runs over the keys only when there are no batches and heads in front. "
            "Name the dimension, from the end: the last counts the keys. (`F.softmax` with no "
            "`dim` guesses one.)",
            variants=(
                attention_from_the_front(lambda scores: 1, with_nan=True),
                attention_from_the_front(undeclared),
                attention_from_the_front(undeclared, with_nan=True),
            ),
        ),
        Mistake(
            "softmax over the first dimension",
            attention_from_the_front(lambda scores: 0),
            "Dimension 0 of the scores counts the queries, or with batches in front the sequences. "
            "It is the keys over which a query shares out its attention, and their dimension is "
            "the last.",
            variants=(attention_from_the_front(lambda scores: 0, with_nan=True),),
        ),
        Mistake(
            "no softmax",
            attention_without_softmax,
            "The values are mixed by the scores themselves, which may be negative and sum to "
            "anything. Weights are made of them first.",
            variants=(attention_without_softmax_or_mask,),
        ),
        Mistake(
            "queries and keys swapped",
            attention_swapped,
            "Your scores have the keys as rows. There should be a row for each query, since there "
            "is to be an output for each query.",
        ),
        Mistake(
            "keys reshaped, not transposed",
            attention_reshaped,
            "`reshape` and `view` keep the numbers in their order and only cut the rows elsewhere, "
            "so your columns hold pieces of several keys. `transpose(-2, -1)` turns rows into "
            "columns.",
        ),
        Mistake(
            "keys mixed instead of values",
            attention_keys_mixed,
            "Your weights are right; what they mix is not. Keys are what a query is compared "
            "with, values what it receives.",
        ),
        Mistake(
            "weights returned, values never mixed",
            attention_weights_returned,
            "These are the attention weights. The answer is the values, mixed by them: one product "
            "more.",
        ),
        Mistake(
            "mask ignored",
            attention_with(weights_mask_ignored),
            "Without a mask you are right; with one, hidden keys still take part. Hand `mask` on.",
        ),
        Mistake(
            "mask inverted",
            attention_with(weights_mask_inverted),
            "What should be hidden is seen, and the other way round. True means that a query may "
            "attend.",
            variants=(attention_with(weights_mask_inverted_with_nan),),
        ),
        Mistake(
            "mask applied after the softmax",
            attention_with(weights_mask_after_softmax),
            "Hidden values are left out, but the weights that remain no longer sum to 1. The mask "
            "belongs to the scores.",
        ),
        Mistake(
            "NaN where a query may attend to nothing",
            attention_with(weights_nan),
            "A row of nothing but −∞ gives 0/0 in the softmax. Your `attention_weights` from the "
            "exercise before knows what to do with it.",
        ),
        Mistake(
            "a query that may attend to nothing attends to everything",
            attention_with(weights_uniform_row),
            "With a large negative number for −∞, a row in which all keys are hidden becomes a row "
            "of equal weights. That query should bring back zeros; your `attention_weights` from "
            "the exercise before sees to it.",
            variants=(attention_with(weights_unmasked_row),),
        ),
        Mistake(
            "gradient cut off",
            attention_cut_off,
            "The numbers are right, but no gradient comes back, so nothing could be learned "
            "through this function. Look for `.detach()`, `.data`, `.item()`, numpy, or a new "
            "`torch.tensor(…)`.",
        ),
    ),
    hints=(
        "Three steps, each a line: a score for every query and key; weights; the values mixed by "
        "the weights. The first and the last are matrix products.",
        "The dot products of all queries with all keys are `q @ k.transpose(-2, -1)`. Divide by "
        "the root of the size over which that product sums, then use your `attention_weights`.",
    ),
    symptoms=(
        (
            "shapes do not fit",
            "Scores are (…, query, key): keys have to be transposed in their last two dimensions, "
            "and only in these.",
        ),
        (
            "result is right for d_k = 1 only",
            "Equation 1 divides the scores, before the softmax, by the root of d_k.",
        ),
        ("result is right for square inputs only", "Queries and keys are swapped somewhere."),
    ),
    covered="d_k of 1, 2, 4, 8 and 64, values of another size than keys, batches and heads, "
    "causal and padding masks, and the gradients of q, k and v",
    next_step="`attention.split_and_join_heads`: doing this several times at once.",
    why="It is equation 1 of the paper in three lines. `transpose(-2, -1)` names the last two "
    "dimensions from the end, so the same code serves one matrix or a batch of heads. If queries "
    "and keys have independent entries of variance 1, their dot product has variance d_k; dividing "
    "by its root brings it back to 1, whatever d_k is.",
)

# --- attention.split_and_join_heads --------------------------------------------------------------


def split_heads(x, n_heads):
    """Cut the features of each position into heads."""
    batch, position, d_model = x.shape
    x = x.view(batch, position, n_heads, d_model // n_heads)
    return x.transpose(1, 2)  # (batch, head, position, d_head)


def join_heads(heads):
    """Undo split_heads."""
    batch, n_heads, position, d_head = heads.shape
    heads = heads.transpose(1, 2)  # (batch, position, head, d_head)
    return heads.reshape(batch, position, n_heads * d_head)


def heads_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(batch, position, n_heads, d_head):
        # Whole numbers, so that a number can be followed from where it was to where it went.
        def shuffled(*shape):
            order = torch.randperm(math.prod(shape), generator=random)
            return order.float().view(shape)

        return {
            "x": shuffled(batch, position, n_heads * d_head),
            "n_heads": n_heads,
            "heads": shuffled(batch, n_heads, position, d_head),
        }

    return [
        Case("2 positions, 2 heads of size 2", inputs(1, 2, 2, 2)),
        Case("1 head", inputs(2, 3, 1, 4)),
        Case("1 position", inputs(2, 1, 2, 3)),
        Case("heads of size 1", inputs(1, 3, 4, 1)),
        Case("2 sequences of 3 positions, 2 heads of size 3", inputs(2, 3, 2, 3)),
        Case("3 sequences of 5 positions, 4 heads of size 2", inputs(3, 5, 4, 2)),
        Case("2 sequences of 2 positions, 2 heads of size 2", inputs(2, 2, 2, 2)),
    ]


def drive_heads(answer, x, n_heads, heads):
    """Ask for both directions apart, since two wrong ones can undo each other."""
    split, join = answer
    return {"split_heads(x, n_heads)": split(x, n_heads), "join_heads(heads)": join(heads)}


def split_by_view(x, n_heads):
    batch, position, d_model = x.shape
    return x.view(batch, n_heads, position, d_model // n_heads)


def join_by_view(heads):
    batch, n_heads, position, d_head = heads.shape
    return heads.reshape(batch, position, n_heads * d_head)


def split_interleaved(x, n_heads):
    batch, position, d_model = x.shape
    return x.view(batch, position, d_model // n_heads, n_heads).permute(0, 3, 1, 2)


def join_interleaved(heads):
    batch, n_heads, position, d_head = heads.shape
    return heads.permute(0, 2, 3, 1).reshape(batch, position, n_heads * d_head)


def split_not_moved(x, n_heads):
    batch, position, d_model = x.shape
    return x.view(batch, position, n_heads, d_model // n_heads)


def split_first_to_last(x, n_heads):
    batch, position, d_model = x.shape
    return x.view(batch, position, n_heads, d_model // n_heads).permute(2, 0, 1, 3)


def join_by_mean(heads):
    return heads.mean(dim=1)


def join_by_sum(heads):
    return heads.sum(dim=1)


HEADS = Exercise(
    id="attention.split_and_join_heads",
    title="Splitting into heads, and joining them again",
    asks=("split_heads", "join_heads"),
    reference=(split_heads, join_heads),
    driver=drive_heads,
    cases=heads_cases,
    points=3,
    difficulty=2,
    importance=4,
    minutes=15,
    mistakes=(
        Mistake(
            "split by view alone",
            (split_by_view, join_heads),
            "The shape is right and the contents are not: a view keeps the numbers in their "
            "order, so your first head holds the first positions, with all their features. Cut "
            "the features first, in the place where they are; then move the new dimension.",
        ),
        Mistake(
            "joined without moving the heads back",
            (split_heads, join_by_view),
            "`split_heads` is right. In joining, heads stand before positions in memory, and a "
            "reshape alone reads them in that order: features of one position end up in several. "
            "Undo the steps of `split_heads` in the opposite order.",
        ),
        Mistake(
            "both by view alone",
            (split_by_view, join_by_view),
            "Joining undoes splitting, which looks like success; but in between, a head holds "
            "some positions with all features, instead of all positions with some features. That "
            "the round trip works proves nothing here.",
        ),
        Mistake(
            "features dealt out in turn",
            (split_interleaved, join_heads),
            "Each head took every n-th feature instead of a run of neighbours. In the view, which "
            "comes first: the head, or the place within a head?",
        ),
        Mistake(
            "joined with heads and places exchanged",
            (split_heads, join_interleaved),
            "`split_heads` is right. In joining, the features of the heads come out in turn "
            "instead of head after head. Just before the last reshape the order should be batch, "
            "position, head, place within the head.",
        ),
        Mistake(
            "features dealt out in turn, and back",
            (split_interleaved, join_interleaved),
            "The round trip works, but each head took every n-th feature. Weights that were "
            "trained elsewhere have head after head: the first d_head features are head 0.",
        ),
        Mistake(
            "heads left behind the positions",
            (split_not_moved, join_heads),
            "The features are cut as they should be; now the heads have to move in front of the "
            "positions. Attention multiplies the last two dimensions, so these must be position "
            "and d_head.",
        ),
        Mistake(
            "heads moved before the batch",
            (split_first_to_last, join_heads),
            "The heads went one place too far: batch comes first, then head.",
        ),
        Mistake(
            "heads added up",
            (split_heads, join_by_sum),
            "Joining puts the heads side by side, so that d_model features come out again. A sum "
            "or a mean makes one head of them, and what each had found is lost.",
            variants=((split_heads, join_by_mean),),
        ),
    ),
    hints=(
        "Two steps each way. To split: give the last dimension two names (head, place within the "
        "head), then exchange two dimensions. To join: the same backwards.",
        "`x.view(batch, position, n_heads, d_head)` leaves every number where it is. "
        "`transpose(1, 2)` then brings the heads forward. After a transpose, `reshape` works "
        "where `view` refuses.",
    ),
    symptoms=(
        (
            "shapes are right but the values are not",
            "A view did the work of a transpose. Try numbers that you can follow: "
            "`torch.arange(8.0).view(1, 2, 4)`.",
        ),
        (
            "round trip works but the check fails",
            "Two wrong directions can undo each other. Look at one head by itself.",
        ),
        (
            "view fails with *size is not compatible*",
            "After a transpose the numbers are no longer in order in memory: use `reshape`.",
        ),
    ),
    covered="both directions apart, 1 head, heads of size 1, 1 position, several sequences",
    next_step="`attention.multi_head`, the heart of the paper.",
    why="A head owns a run of d_head neighbouring features of every position. `view` only gives "
    "the last dimension two names; `transpose` then makes the heads a batch dimension, so that one "
    "matrix product serves all of them. Joining undoes this in the opposite order, and needs "
    "`reshape`, since a transposed tensor does not lie in order in memory.",
)

# --- attention.multi_head ------------------------------------------------------------------------


def multi_head_attention(x, context, weights, biases, n_heads, mask=None):
    """Let several heads attend, each to its own part of the features."""
    w_q, w_k, w_v, w_o = weights  # each (d_model, d_model), laid out as in nn.Linear
    b_q, b_k, b_v, b_o = biases

    q = split_heads(x @ w_q.T + b_q, n_heads)  # (batch, head, query, d_head)
    k = split_heads(context @ w_k.T + b_k, n_heads)  # (batch, head, key, d_head)
    v = split_heads(context @ w_v.T + b_v, n_heads)

    heads = scaled_dot_product_attention(q, k, v, mask)  # (batch, head, query, d_head)
    return join_heads(heads) @ w_o.T + b_o  # (batch, query, d_model)


def multi_head_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(batch, queries, keys, n_heads, d_head, mask=None):
        d_model = n_heads * d_head

        def normal(*shape):
            return torch.randn(*shape, generator=random)

        return {
            "x": normal(batch, queries, d_model),
            "context": normal(batch, keys, d_model),
            "weights": normal(4, d_model, d_model) / math.sqrt(d_model),
            "biases": normal(4, d_model) / 2,
            "n_heads": n_heads,
            "mask": mask,
        }

    def to_itself(batch, positions, n_heads, d_head, mask=None):
        given = inputs(batch, positions, positions, n_heads, d_head, mask)
        return {**given, "context": given["x"].clone()}

    return [
        Case("2 queries, 2 keys, 2 heads of size 2", inputs(1, 2, 2, 2, 2)),
        Case("self-attention over 4 positions, causal mask", to_itself(2, 4, 2, 3, causal(4))),
        Case("1 head", inputs(1, 3, 3, 1, 4)),
        Case("heads of size 1", to_itself(1, 3, 3, 1)),
        Case("3 queries, 5 keys, 3 heads", inputs(2, 3, 5, 3, 2)),
        Case("the second sequence ends in padding", inputs(2, 4, 4, 2, 4, padding([4, 2], 4))),
        Case("as many positions as heads", to_itself(2, 4, 4, 2)),
        Case(
            "a query that may attend to nothing",
            to_itself(1, 3, 2, 2, torch.tensor([[1, 0, 0], [0, 0, 0], [1, 1, 1]]).bool()),
        ),
    ]


def projected(x, w, b):
    return x @ w.T + b


def not_transposed(x, w, b):
    return x @ w + b


def multi_head(
    project=projected,
    split=split_heads,
    attend=scaled_dot_product_attention,
    join=join_heads,
    last=projected,
):
    """Multi-head attention in which one step can be another one."""

    def answer(x, context, weights, biases, n_heads, mask=None):
        pairs = list(zip(weights, biases, strict=True))
        q = split(project(x, *pairs[0]), n_heads)
        k, v = (split(project(context, *pair), n_heads) for pair in pairs[1:3])
        return last(join(attend(q, k, v, mask)), *pairs[3])

    return answer


def multi_head_in_order(*order):
    """Multi-head attention that takes its weights and biases for others."""

    def answer(x, context, weights, biases, n_heads, mask=None):
        order_of_all = [*order, 3]
        weights, biases = weights[order_of_all], biases[order_of_all]
        return multi_head_attention(x, context, weights, biases, n_heads, mask)

    return answer


def multi_head_weights_in_order(*order):
    """Multi-head attention that takes its weights, but not its biases, for others."""

    def answer(x, context, weights, biases, n_heads, mask=None):
        return multi_head_attention(x, context, weights[[*order, 3]], biases, n_heads, mask)

    return answer


def multi_head_without_biases(*left_out):
    """Multi-head attention without some of its biases: 0 for queries to 3 for the output."""
    kept = torch.tensor([[0.0 if place in left_out else 1.0] for place in range(4)])

    def answer(x, context, weights, biases, n_heads, mask=None):
        return multi_head_attention(x, context, weights, biases * kept, n_heads, mask)

    return answer


def multi_head_one_by_one(n_heads_apart=False, with_nan=False):
    """Multi-head attention, a head at a time, in which each head is handed the whole mask."""
    weigh = weights_nan if with_nan else attention_weights

    def answer(x, context, weights, biases, n_heads, mask=None):
        projections = zip((x, context, context), weights, biases, strict=False)
        q, k, v = (projected(*given).chunk(n_heads, dim=-1) for given in projections)
        attend = attention_with(weigh)
        heads = [attend(*parts, mask) for parts in zip(q, k, v, strict=True)]
        joined = join_heads(torch.stack(heads, dim=1)) if n_heads_apart else torch.cat(heads, -1)
        return projected(joined, weights[3], biases[3])

    return answer


def multi_head_mask_transposed(x, context, weights, biases, n_heads, mask=None):
    mask = None if mask is None else mask.transpose(-2, -1)
    return multi_head_attention(x, context, weights, biases, n_heads, mask)


def multi_head_scaled_by_d_model(x, context, weights, biases, n_heads, mask=None):
    def attend(q, k, v, mask):
        q = q / math.sqrt(n_heads)  # together with the root of d_head, the root of d_model
        return scaled_dot_product_attention(q, k, v, mask)

    return multi_head(attend=attend)(x, context, weights, biases, n_heads, mask)


def multi_head_of_one(x, context, weights, biases, n_heads, mask=None):
    if mask is not None and mask.dim() == 4:
        mask = mask[:, 0]
    one = multi_head(split=lambda x, n: x, join=lambda x: x)
    return one(x, context, weights, biases, n_heads, mask)


def multi_head_without_context(x, context, weights, biases, n_heads, mask=None):
    return multi_head_attention(x, x, weights, biases, n_heads, mask)


def multi_head_swapped(x, context, weights, biases, n_heads, mask=None):
    return multi_head_attention(context, x, weights, biases, n_heads, mask)


MULTI_HEAD = Exercise(
    id="attention.multi_head",
    title="Multi-head attention",
    asks=("multi_head_attention",),
    reference=multi_head_attention,
    cases=multi_head_cases,
    gradients=("x", "context", "weights", "biases"),
    points=6,
    difficulty=3,
    importance=5,
    minutes=25,
    mistakes=(
        Mistake(
            "output projection forgotten",
            multi_head(last=lambda x, w, b: x),
            "The heads are joined and handed out as they are. The paper's last step is one more "
            "matrix, W^O, which lets the heads' findings mix. Which of the four weights have you "
            "not used?",
        ),
        Mistake(
            "heads split by view alone",
            multi_head(split=split_by_view),
            "A head of yours holds some positions with all features instead of all positions with "
            "some features. Use your `split_heads`, or look at its transpose again.",
        ),
        Mistake(
            "heads joined without moving them back",
            multi_head(join=join_by_view),
            "Splitting and attending are right. In joining, heads still stand before positions in "
            "memory, so a reshape alone mixes positions. Transpose first.",
        ),
        Mistake(
            "heads split and joined by view alone",
            multi_head(split=split_by_view, join=join_by_view),
            "Each head of yours attends among some positions with all their features. The shapes "
            "fit, and both steps undo each other, but it is another computation: the heads should "
            "share the features, not the positions.",
        ),
        Mistake(
            "features dealt out in turn",
            multi_head(split=split_interleaved, join=join_interleaved),
            "Each head took every n-th feature. With weights trained elsewhere, head 0 owns the "
            "first d_head features.",
        ),
        Mistake(
            "root of d_model",
            multi_head_scaled_by_d_model,
            "The scale is the root of d_model, but a head's dot product sums over d_head numbers "
            "only. Take the size from the query that is being used.",
        ),
        Mistake(
            "no scale",
            multi_head(attend=attention_scaled_by(lambda q, k, v: 1.0)),
            "The scores are larger than they should be, by a factor that depends on d_head. Does "
            "your attention divide them as equation 1 does?",
        ),
        Mistake(
            "scaled twice",
            multi_head(attend=attention_scaled_by(lambda q, k, v: 1 / q.shape[-1])),
            "The scores are divided by d_head, not by its root. Your "
            "`scaled_dot_product_attention` scales already; is there a second scale outside it?",
        ),
        Mistake(
            "one head only",
            multi_head_of_one,
            "All features took part in one attention; `n_heads` changed nothing. Each head has a "
            "part of the features and weights of its own.",
        ),
        Mistake(
            "context ignored",
            multi_head_without_context,
            "Keys and values come from `context`, queries from `x`. In self-attention both are the "
            "same, which is why that case is right.",
        ),
        Mistake(
            "x and context exchanged",
            multi_head_swapped,
            "The queries ask on behalf of `x`, and there is one output for each of them; keys and "
            "values come from `context`.",
        ),
        Mistake(
            "one projection for queries, keys and values",
            multi_head_in_order(0, 0, 0),
            "Queries, keys and values each have weights of their own: w_q, w_k and w_v.",
        ),
        Mistake(
            "weights taken in another order",
            multi_head_in_order(1, 0, 2),
            "Each projection has a weight of another one. `weights` and `biases` hold, in this "
            "order, those of queries, keys, values and of the output.",
            variants=(
                multi_head_in_order(0, 2, 1),
                multi_head_in_order(2, 1, 0),
                multi_head_in_order(1, 2, 0),
                multi_head_in_order(2, 0, 1),
                multi_head_weights_in_order(1, 0, 2),
                multi_head_weights_in_order(0, 2, 1),
                multi_head_weights_in_order(2, 1, 0),
            ),
        ),
        Mistake(
            "weights not transposed",
            multi_head(project=not_transposed, last=not_transposed),
            "A weight is laid out as in `nn.Linear`: (out, in). Every projection, the last one "
            "too, is `x @ w.T + b`. Square matrices hide this from the shapes.",
            variants=(multi_head(project=not_transposed), multi_head(last=not_transposed)),
        ),
        Mistake(
            "biases forgotten",
            multi_head_without_biases(0, 1, 2, 3),
            "Every projection adds its bias, the last one too; in yours a bias is missing.",
            variants=(
                multi_head_without_biases(0, 1, 2),
                multi_head_without_biases(3),
                multi_head_without_biases(0),
                multi_head_without_biases(2),
            ),
        ),
        Mistake(
            "whole mask for a single head",
            multi_head_one_by_one(),
            "A mask may have its own head dimension: (batch, head, query, key). One head at a time "
            "needs its own part of that, `mask[:, h]`; where the dimension is 1, all heads share "
            "one part, and `mask.expand(-1, n_heads, -1, -1)` gives each head its own.",
            variants=(
                multi_head_one_by_one(n_heads_apart=True),
                multi_head_one_by_one(with_nan=True),
                multi_head_one_by_one(n_heads_apart=True, with_nan=True),
            ),
        ),
        Mistake(
            "mask inverted",
            multi_head(attend=attention_with(weights_mask_inverted)),
            "True means that a query may attend here. `torch.nn.MultiheadAttention` uses it the "
            "other way round, and so do answers that follow it.",
            variants=(multi_head(attend=attention_with(weights_mask_inverted_with_nan)),),
        ),
        Mistake(
            "mask transposed",
            multi_head_mask_transposed,
            "The rows of the mask are queries and its columns keys, as in the scores; in yours it "
            "is the other way round.",
        ),
        Mistake(
            "NaN where a query may attend to nothing",
            multi_head(attend=attention_with(weights_nan)),
            "A row of nothing but −∞ gives 0/0 in the softmax. The first exercise's "
            "`attention_weights` knows what to do with it; use your own functions.",
        ),
        Mistake(
            "a query that may attend to nothing attends to everything",
            multi_head(attend=attention_with(weights_uniform_row)),
            "A query that may attend to nothing brings back zeros from every head, so that the "
            "output's bias is all that is left of it. With a large negative number for −∞ it gets "
            "the mean of all values.",
            variants=(multi_head(attend=attention_with(weights_unmasked_row)),),
        ),
        Mistake(
            "mask ignored",
            multi_head(attend=attention_with(weights_mask_ignored)),
            "Without a mask you are right. Hand `mask` on to the attention of the heads.",
        ),
        Mistake(
            "softmax over the queries",
            multi_head(attend=attention_with(weights_over_queries)),
            "The queries share out their attention over the keys: softmax over the last dimension "
            "of the scores.",
            variants=(multi_head(attend=attention_with(weights_over_queries_with_nan)),),
        ),
    ),
    hints=(
        "Everything that you need is in the exercises before: project, split, attend, join, "
        "project. `split_heads` turns heads into a batch dimension, and your attention does not "
        "mind how many of these there are.",
        "`w_q, w_k, w_v, w_o = weights` unpacks the four matrices. Queries are "
        "`split_heads(x @ w_q.T + b_q, n_heads)`; keys and values the same from `context`. After "
        "joining comes one more projection.",
    ),
    symptoms=(
        (
            "result is right with one head only",
            "Splitting or joining mixes positions, or the scale takes d_model instead of d_head.",
        ),
        (
            "result is right in self-attention only",
            "Keys or values come from `x` instead of `context`.",
        ),
        (
            "mask has the wrong number of dimensions",
            "Scores are (batch, head, query, key), and the mask is made to broadcast with these: "
            "hand it on as it is. If you take one head at a time, take that head's part of the "
            "mask, too: it may have its own head dimension.",
        ),
    ),
    covered="self- and cross-attention, 1 to 4 heads, heads of size 1, causal and padding masks, a "
    "query with nothing to attend to, and the gradients of x, context, weights and biases",
    next_step="`attention.without_scale`: predict, then look.",
    why="Five steps: project, split, attend, join, project. The heads are a batch dimension, so "
    "one product serves all of them, and the cost is that of one wide attention. With its own "
    "weights copied in, `torch.nn.MultiheadAttention` gives the same numbers; the chapter checks "
    "that to ten decimal places. One of the four biases is idle: b_k adds the same number to all "
    "scores of a query, and softmax does not see it.",
)

# --- attention.without_scale ---------------------------------------------------------------------


def settle_without_scale(measured):
    """Read off the run what becomes of the softmax at the largest d_k without the scale.

    Args:
        measured: For each pair ``(d_k, scaled)``: how many keys share a query's attention (e to
            the mean entropy), the median size of the softmax's Jacobian, and the norm of the
            gradient of w_q.
    """
    rows = [["d_k", "scaled", "keys that share", "size of the Jacobian", "gradient of w_q"]]
    for (d_k, scaled), numbers in measured.items():
        rows.append([d_k, "yes" if scaled else "no", *(f"{number:.2g}" for number in numbers)])
    largest = max(d_k for d_k, _ in measured)
    keys, jacobian, _ = measured[largest, False]
    keys_scaled, jacobian_scaled, _ = measured[largest, True]
    if keys > 1.1 * keys_scaled:
        return "b", rows
    if keys > 0.9 * keys_scaled:
        return "a", rows
    return ("c" if jacobian < jacobian_scaled else "d"), rows


WITHOUT_SCALE = Prediction(
    id="attention.without_scale",
    title="Attention without its scale",
    points=3,
    difficulty=4,
    importance=4,
    minutes=15,
    question="32 keys; queries and keys have entries of variance 1. With the scale, some 20 keys "
    "share the attention of a query, at every d_k. Leave out the division by √d_k. At d_k = 1024, "
    "how many keys share it, and what becomes of the softmax's Jacobian (how much the weights move "
    "when the scores move a little)?",
    choices={
        "a": "Still some 20: softmax divides by its sum, so a common factor drops out.",
        "b": "Nearly all 32: larger sums even out.",
        "c": "Hardly more than one, and the Jacobian is close to 0.",
        "d": "Hardly more than one, and the Jacobian has grown with the scores.",
    },
    settle=settle_without_scale,
    hints=(
        "A dot product of d_k independent products, each of variance 1, has the variance d_k. How "
        "far apart are the scores of two keys at d_k = 4, and at d_k = 1024?",
        "The Jacobian of softmax has the entries p_i(1 − p_i) and −p_i p_j. Put in a p that is "
        "nearly (1, 0, 0, …).",
    ),
    symptoms=(
        (
            "prediction was wrong",
            "Good: it is written down, and the points are yours. Which of its steps fails?",
        ),
        (
            "two columns of the table contradict each other",
            "They do not. The Jacobian is one factor of the chain rule; what are the others?",
        ),
    ),
    rubric=(
        "Without the scale the scores' standard deviation is √d_k, so the largest score wins by "
        "ever more: the weights of most queries lie on one key, and there the entries "
        "p_i(1 − p_i) and p_i p_j of the Jacobian are near 0. (What choice d says of the "
        "Jacobian holds at first: at d_k = 16 it is larger than at 4, since a few keys still "
        "compete. It vanishes only when one has won.)",
        "The gradient of w_q is a product: through the softmax, and from scores to projections. "
        "Without the scale the second factor is √d_k times larger, and the first is near 0 for "
        "most queries, not for all: the few that are undecided between two keys carry a large "
        "gradient. So the norm is no sign of how well most queries can learn.",
    ),
    why="The scores spread as √d_k, so without the division the softmax saturates: most queries "
    "put all their weight on one key, and the Jacobian there vanishes. At d_k = 16 the Jacobian is "
    "larger: a few keys still compete. It vanishes only when one has won. The paper suspects small "
    "gradients; what shrinks is the softmax's own derivative. The gradient norm of the projection "
    "does not show it: the path from scores to w_q grew by √d_k, and a few undecided queries carry "
    "nearly all of it.",
)

# --- masks ---------------------------------------------------------------------------------------


def causal(positions):
    """A mask in which each position may attend to itself and to what came before."""
    return torch.ones(positions, positions, dtype=torch.bool).tril()


def padding(lengths, positions):
    """A mask (batch, 1, 1, key) that hides what lies behind each sequence's end."""
    return (torch.arange(positions) < torch.tensor(lengths)[:, None])[:, None, None]


def some(queries, keys, random):
    """A random mask that leaves each query a key or more and hides one from the first."""
    mask = torch.rand(queries, keys, generator=random) < 0.6
    mask[:, 0] = True
    mask[0, -1] = False
    return mask


EXERCISES = [WEIGHTS, SCALED_DOT_PRODUCT, HEADS, MULTI_HEAD, WITHOUT_SCALE]
