"""The exercises of the week *alignment*, as the course judges them.

Notation: ``scores[batch, source]``; a row of a batch has ``lengths[row]`` tokens, at least one, and
padding behind them.
"""

import torch

from paperclub.exercises import Case, Exercise, Mistake, Prediction

INF = float("inf")


def there(scores, lengths):
    """Return a mask (batch, source), True where there is a token."""
    return torch.arange(scores.shape[-1]) < lengths[:, None]


# --- alignment.scores ----------------------------------------------------------------------------


def additive_scores(state, states, w_a, u_a, v_a):
    """Score every source state for what the decoder wants now."""
    query = (state @ w_a.T)[:, None]  # (batch, 1, d_hidden)
    keys = states @ u_a.T  # (batch, source, d_hidden)
    return (query + keys).tanh() @ v_a  # (batch, source)


def scores_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(batch, source, d_state, d_source, d_hidden):
        sizes = {
            "state": (batch, d_state),
            "states": (batch, source, d_source),
            "w_a": (d_hidden, d_state),
            "u_a": (d_hidden, d_source),
            "v_a": (d_hidden,),
        }
        return {name: torch.randn(*size, generator=random) for name, size in sizes.items()}

    return [
        Case("1 sentence of 3 tokens", inputs(1, 3, 2, 4, 5)),
        Case("2 sentences, all sizes different", inputs(2, 4, 3, 6, 5)),
        Case("3 sentences, all sizes 3", inputs(3, 3, 3, 3, 3)),
        Case("1 token", inputs(2, 1, 2, 4, 3)),
        Case("a hidden layer of 1", inputs(2, 3, 2, 4, 1)),
    ]


def scores_with(bend=torch.tanh, mix=torch.add, last=None):
    """Scores with another nonlinearity, another mixing, or another last step."""

    def answer(state, states, w_a, u_a, v_a):
        hidden = bend(mix((state @ w_a.T)[:, None], states @ u_a.T))
        return hidden @ v_a if last is None else last(hidden, v_a)

    return answer


def scores_bent_apart(state, states, w_a, u_a, v_a):
    return ((state @ w_a.T).tanh()[:, None] + (states @ u_a.T).tanh()) @ v_a


def scores_bent_last(state, states, w_a, u_a, v_a):
    return (((state @ w_a.T)[:, None] + states @ u_a.T) @ v_a).tanh()


def scores_transposed(which):
    """Scores in which some weights are not transposed; it fits square matrices only."""

    def answer(state, states, w_a, u_a, v_a):
        w = w_a if "w" in which else w_a.T
        u = u_a if "u" in which else u_a.T
        return ((state @ w)[:, None] + states @ u).tanh() @ v_a

    return answer


def scores_without_state(state, states, w_a, u_a, v_a):
    return (states @ u_a.T).tanh() @ v_a


def scores_softmaxed(state, states, w_a, u_a, v_a):
    return additive_scores(state, states, w_a, u_a, v_a).softmax(-1)


SCORES = Exercise(
    id="alignment.scores",
    title="Additive scores",
    asks=("additive_scores",),
    reference=additive_scores,
    cases=scores_cases,
    points=3,
    difficulty=2,
    importance=4,
    minutes=12,
    mistakes=(
        Mistake(
            "tanh forgotten",
            scores_with(bend=lambda x: x),
            "Without a bend between them, two linear maps are one: the query then adds the same "
            "number to all scores of a sentence, and softmax does not see it. What stands between "
            "the sum and v_a in the formula?",
        ),
        Mistake(
            "tanh before the sum",
            scores_bent_apart,
            "Each part is bent by itself and then they are added. So the query again adds the same "
            "number to every score, and no state is more wanted than before. The sum comes first.",
        ),
        Mistake(
            "tanh after v_a",
            scores_bent_last,
            "The bend comes last in yours, on the finished number. It belongs to the hidden layer: "
            "sum, bend, then v_a.",
        ),
        Mistake(
            "product in place of the sum",
            scores_with(mix=torch.mul),
            "Query and key are multiplied, number by number. That is another attention; in this "
            "one they are added, which is why it is called additive.",
        ),
        Mistake(
            "another bend",
            scores_with(bend=torch.relu),
            "The hidden layer is bent, but not by tanh. Which function does the formula name?",
            variants=(scores_with(bend=torch.sigmoid),),
        ),
        Mistake(
            "hidden layer summed without v_a",
            scores_with(last=lambda hidden, v_a: hidden.sum(-1)),
            "All numbers of the hidden layer count alike in yours. v_a says how much each counts.",
            variants=(scores_with(last=lambda hidden, v_a: hidden.mean(-1)),),
        ),
        Mistake(
            "state left out",
            scores_without_state,
            "Your scores do not depend on the decoder's state: at every step it would look at the "
            "same places. Where does `state` enter?",
        ),
        Mistake(
            "softmax already taken",
            scores_softmaxed,
            "These are shares that sum to 1. Scores may be any numbers; the softmax comes in the "
            "next exercise, after the mask.",
        ),
    ),
    hints=(
        "Bring both to the width of the hidden layer, then add. `state` has no source dimension "
        "and `states` has one: a dimension of size 1 lets them be added.",
        "`(state @ w_a.T)[:, None]` is (batch, 1, d_hidden) and `states @ u_a.T` is (batch, "
        "source, d_hidden). Their sum goes through `tanh`, and a product with `v_a` takes the last "
        "dimension away.",
    ),
    symptoms=(
        (
            "sizes do not fit",
            "A weight is laid out as in `nn.Linear`, (out, in): `x @ w.T`. And `state` needs a "
            "source dimension, `[:, None]`.",
        ),
        (
            "result is right for one sentence only",
            "The batch took the place of the source: look at where `None` stands.",
        ),
    ),
    covered="several sentences, one token, a hidden layer of one number, and equal sizes",
    next_step="`alignment.weights`, where padding is taken out.",
    why="The sum lets a query shift every key before the bend, and the bend makes the shift count "
    "differently for each of them. Without the bend the query's part would be the same for all "
    "places. `states @ u_a.T` does not depend on the step, so a decoder computes it once.",
)

# --- alignment.weights ---------------------------------------------------------------------------


def alignment_weights(scores, lengths):
    """Turn scores into weights that sum to 1 over the tokens that are there."""
    mask = torch.arange(scores.shape[-1]) < lengths[:, None]  # (batch, source)
    return scores.masked_fill(~mask, -INF).softmax(dim=-1)


def weights_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(lengths, source, add=0.0):
        scores = torch.randn(len(lengths), source, generator=random) + add
        return {"scores": scores, "lengths": torch.tensor(lengths)}

    behind = torch.tensor([[0.0, 0, 0, 0, 0], [0, 0, 200, 201, 200]])
    return [
        Case("1 sentence, no padding", inputs([3], 3)),
        Case("2 sentences, the second has padding", inputs([4, 2], 4)),
        Case("3 sentences, one of them of 1 token", inputs([3, 1, 2], 3)),
        Case("3 sentences, 5 places, none of them full", inputs([2, 4, 3], 5)),
        Case("padding with large scores", inputs([5, 2], 5, behind)),
        Case("scores far below 0", inputs([4, 2], 4, -200.0)),
        Case("scores of 100 and more", inputs([4, 3], 4, 100.0)),
    ]


def weights_masked_by(mask_of, value=-INF):
    """Weights whose mask is ``mask_of(places, lengths)`` and hides by ``value``."""

    def answer(scores, lengths):
        mask = mask_of(torch.arange(scores.shape[-1]), lengths[:, None])
        weights = scores.masked_fill(~mask, value).softmax(dim=-1)
        return weights

    return answer


def weights_mask_after(scores, lengths):
    return scores.softmax(-1) * there(scores, lengths)


def weights_shared_again(scores, lengths):
    weights = weights_mask_after(scores, lengths)
    return weights / weights.sum(-1, keepdim=True)


def weights_zero_scores(scores, lengths):
    return (scores * there(scores, lengths)).softmax(-1)


def weights_mask_added(scores, lengths):
    return (scores + there(scores, lengths)).softmax(-1)


def weights_over_the_batch(scores, lengths):
    return torch.nan_to_num(scores.masked_fill(~there(scores, lengths), -INF).softmax(0))


def weights_infinity_times(scores, lengths):
    return (scores - INF * ~there(scores, lengths)).softmax(-1)


def weights_unmasked(scores, lengths):
    return scores.softmax(-1)


def weights_plain_exponential(scores, lengths):
    parts = scores.exp() * there(scores, lengths)
    return parts / parts.sum(-1, keepdim=True)


def weights_one_length(scores, lengths):
    mask = torch.arange(scores.shape[-1]) < lengths.max()
    return scores.masked_fill(~mask, -INF).softmax(-1)


WEIGHTS = Exercise(
    id="alignment.weights",
    title="Weights, and a mask for padding",
    asks=("alignment_weights",),
    reference=alignment_weights,
    cases=weights_cases,
    points=4,
    difficulty=2,
    importance=5,
    minutes=15,
    mistakes=(
        Mistake(
            "mask ignored",
            weights_unmasked,
            "Padding gets weight in yours. Where do `lengths` enter your code?",
        ),
        Mistake(
            "mask applied after the softmax",
            weights_mask_after,
            "Padding gets 0, but what is left no longer sums to 1: the softmax had already given "
            "some of the weight to padding. What must a score be, so that softmax itself gives 0?",
        ),
        Mistake(
            "shared out again after the softmax",
            weights_shared_again,
            "That is right on paper, and fails where padding has a much larger score than the "
            "tokens: their shares are then too small for the computer, and 0/0 is left. Take "
            "padding out of the scores, before the softmax.",
        ),
        Mistake(
            "wrong side masked",
            weights_masked_by(lambda place, length: place >= length),
            "You kept the padding and hid the tokens. Where a sentence has no padding, nothing is "
            "left to share out, and NaN comes of it. Tokens stand at the places before `lengths`.",
        ),
        Mistake(
            "hidden scores set to 0",
            weights_zero_scores,
            "A score of 0 is not no attention: exp(0) is 1. Which score has the exponential 0?",
            variants=(weights_masked_by(lambda place, length: place < length, 0.0),),
        ),
        Mistake(
            "mask added to the scores",
            weights_mask_added,
            "True counts as 1 and False as 0 in your sum, so tokens gained a little and padding "
            "stayed. A mask that is added holds 0 and −∞.",
        ),
        Mistake(
            "one place too many",
            weights_masked_by(lambda place, length: place <= length),
            "The first place of padding still gets weight. Places are counted from 0: a sentence "
            "of 2 tokens has the places 0 and 1.",
        ),
        Mistake(
            "one place too few",
            weights_masked_by(lambda place, length: place < length - 1),
            "The last token of each sentence gets nothing, and a sentence of one token has "
            "nothing at all. Places are counted from 0.",
        ),
        Mistake(
            "padding looked for in front",
            lambda scores, lengths: weights_masked_by(
                lambda place, length: place >= scores.shape[-1] - length
            )(scores, lengths),
            "You hid the first places and kept the last ones. Padding stands behind the tokens.",
        ),
        Mistake(
            "infinity multiplied by the mask",
            weights_infinity_times,
            "Where there is a token, your line computes 0 · ∞, which is not 0 but not a number. "
            "Put −∞ in by a choice (`masked_fill`, `torch.where`), not by a product.",
        ),
        Mistake(
            "hidden scores not low enough",
            weights_masked_by(lambda place, length: place < length, -10.0),
            "−10 or −100 hides a place only while the scores of tokens are much larger, and "
            "nothing keeps them so. Which score is below every other?",
            variants=(weights_masked_by(lambda place, length: place < length, -100.0),),
        ),
        Mistake(
            "softmax over the batch",
            weights_over_the_batch,
            "In yours the sentences of a batch share out each place among them. Every sentence "
            "shares out its own weight over its places: the last dimension.",
        ),
        Mistake(
            "exponential of a large score",
            weights_plain_exponential,
            "exp(100) is too large for a 32-bit number and exp(−200) too small: ∞/∞ or 0/0 is "
            "left. `torch.softmax` takes the largest score off first, which changes nothing else.",
        ),
        Mistake(
            "one length for all",
            weights_one_length,
            "All sentences are cut at the same place. Each row has its own length: compare places "
            "with `lengths[:, None]`, and the result has a row for each sentence.",
        ),
    ),
    hints=(
        "Softmax turns a score of −∞ into a weight of exactly 0. So padding is dealt with on the "
        "scores.",
        "`torch.arange(n) < lengths[:, None]` is (batch, n), True where there is a token. "
        "`scores.masked_fill(~mask, -float('inf'))` hides the rest; then softmax over the last "
        "dimension.",
    ),
    symptoms=(
        ("rows do not sum to 1", "The mask came after the softmax."),
        (
            "result is NaN",
            "A row in which everything is hidden (the mask is inverted, or one place short), or "
            "0 · ∞.",
        ),
        ("padding gets a little weight", "A hidden score of 0, −10 or −100 instead of −∞."),
    ),
    covered="no padding, padding in some rows and in all, a sentence of one token, padding with "
    "large scores, and scores far above and far below 0",
    next_step="`alignment.context`, what the weights are for.",
    why="A place of padding must not be there, whatever its score. With −∞ before the softmax its "
    "exponential is 0, so it takes part in no sum, and the rest is shared out among the tokens. "
    "The model then gives a sentence the same answer alone and in a batch; without the mask, the "
    "answer would depend on who its neighbours are.",
)

# --- alignment.context ---------------------------------------------------------------------------


def contexts(weights, states):
    """Mix the source states by the weights of every step."""
    shares = weights[..., None]  # (batch, step, source, 1)
    each = shares * states[:, None]  # (batch, step, source, d_source)
    return each.sum(dim=2)  # the same as weights @ states


def context_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(batch, steps, source, d_source):
        weights = torch.randn(batch, steps, source, generator=random).softmax(-1)
        return {
            "weights": weights,
            "states": torch.randn(batch, source, d_source, generator=random),
        }

    return [
        Case("1 sentence, 1 step, 3 tokens", inputs(1, 1, 3, 2)),
        Case("2 sentences, 4 steps, 3 tokens", inputs(2, 4, 3, 5)),
        Case("all sizes 3", inputs(3, 3, 3, 3)),
        Case("1 token", inputs(2, 3, 1, 4)),
    ]


def contexts_hard(weights, states):
    best = weights.argmax(-1)  # (batch, step)
    return states.gather(1, best[..., None].expand(-1, -1, states.shape[-1]))


def contexts_averaged(weights, states):
    return weights @ states / states.shape[1]


def contexts_of_the_first(weights, states):
    return weights @ states[:1]


def contexts_unweighted(weights, states):
    return states.mean(1, keepdim=True).expand(-1, weights.shape[1], -1)


def contexts_transposed(weights, states):
    if weights.shape[1] != weights.shape[2]:
        return weights @ states
    return weights.transpose(1, 2) @ states


def contexts_softmaxed(weights, states):
    return weights.softmax(-1) @ states


def contexts_mixing_sentences(weights, states):
    return torch.einsum("bij,cjd->bid", weights, states)


CONTEXT = Exercise(
    id="alignment.context",
    title="Context vectors",
    asks=("contexts",),
    reference=contexts,
    cases=context_cases,
    points=2,
    difficulty=1,
    importance=4,
    minutes=8,
    mistakes=(
        Mistake(
            "only the largest weight counts",
            contexts_hard,
            "You took the state with the largest weight. That is a hard alignment, and it has no "
            "slope from which to learn. Equation 5 is a sum over all places.",
        ),
        Mistake(
            "divided by the number of tokens",
            contexts_averaged,
            "The weights sum to 1 already: their sum is a mean. Yours is smaller than every state "
            "that went into it.",
        ),
        Mistake(
            "weights not used",
            contexts_unweighted,
            "This is the plain mean of the states, the same at every step: the uniform control of "
            "the chapter.",
        ),
        Mistake(
            "weights transposed",
            contexts_transposed,
            "Steps and source places have changed roles. A row of the weights belongs to one step; "
            "with as many steps as tokens, the shapes do not show the error.",
        ),
        Mistake(
            "softmax taken twice",
            contexts_softmaxed,
            "What comes in are weights already. Another softmax makes them nearly equal.",
        ),
        Mistake(
            "sentences of the batch mixed",
            contexts_mixing_sentences,
            "Every context holds states of all sentences of the batch. The batch dimension is the "
            "same on both sides: give it one letter.",
        ),
        Mistake(
            "states of the first sentence for all",
            contexts_of_the_first,
            "Every sentence got the first one's states. Keep the batch dimension.",
        ),
    ),
    hints=(
        "Equation 5 for one step: the sum over places of weight times state. It is a product of "
        "two matrices, for each sentence of the batch.",
        "`@` multiplies the last two dimensions and takes what stands before them as a batch. "
        "Write (batch, step, source) and (batch, source, d_source) side by side.",
    ),
    symptoms=(
        ("result does not depend on the step", "A mean over the source took the weights' place."),
        ("shapes do not fit", "A loop or an einsum has lost the batch dimension."),
    ),
    covered="one and several sentences, one and several steps, one token, and equal sizes",
    next_step="`alignment.decoder_step`, where it all comes together.",
    why="A weighted mean is the one operation here that the whole idea rests on: it is smooth in "
    "the weights, so the loss can say for every place whether more weight would have helped.",
)

# --- alignment.decoder_step ----------------------------------------------------------------------


def gru_step(x, state, w_x, w_h, b_x, b_h):
    """One step of a GRU as PyTorch computes it: x (batch, d_in), state (batch, d_state)."""
    r_x, z_x, new_x = (x @ w_x.T + b_x).chunk(3, dim=-1)
    r_h, z_h, new_h = (state @ w_h.T + b_h).chunk(3, dim=-1)
    r, z = (r_x + r_h).sigmoid(), (z_x + z_h).sigmoid()
    return z * state + (1 - z) * (new_x + r * new_h).tanh()


def decoder_step(before, state, states, lengths, w_a, u_a, v_a, w_x, w_h, b_x, b_h):
    """Look at the source, then take one step."""
    scores = additive_scores(state, states, w_a, u_a, v_a)
    weights = alignment_weights(scores, lengths)
    context = contexts(weights[:, None], states)[:, 0]  # (batch, d_source)
    x = torch.cat([before, context], dim=-1)
    return gru_step(x, state, w_x, w_h, b_x, b_h), context


def decoder_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(lengths, source, d_embed, d_state, d_source, d_hidden):
        batch = len(lengths)
        sizes = {
            "before": (batch, d_embed),
            "state": (batch, d_state),
            "states": (batch, source, d_source),
            "lengths": None,
            "w_a": (d_hidden, d_state),
            "u_a": (d_hidden, d_source),
            "v_a": (d_hidden,),
            "w_x": (3 * d_state, d_embed + d_source),
            "w_h": (3 * d_state, d_state),
            "b_x": (3 * d_state,),
            "b_h": (3 * d_state,),
        }
        return {
            name: torch.tensor(lengths) if size is None else torch.randn(*size, generator=random)
            for name, size in sizes.items()
        }

    return [
        Case("1 sentence, no padding", inputs([3], 3, 2, 4, 5, 3)),
        Case("2 sentences, the second has padding", inputs([4, 2], 4, 3, 2, 4, 5)),
        Case("3 sentences, all sizes 3", inputs([3, 1, 2], 3, 3, 3, 3, 3)),
    ]


def decoder_with(order="before context", weigh=alignment_weights, late=False, returned="new"):
    """A decoder step with something done in another way."""

    def answer(before, state, states, lengths, w_a, u_a, v_a, w_x, w_h, b_x, b_h):
        def look(asking):
            scores = additive_scores(asking, states, w_a, u_a, v_a)
            return contexts(weigh(scores, lengths)[:, None], states)[:, 0]

        context = look(state)
        parts = [before, context] if order == "before context" else [context, before]
        new = gru_step(torch.cat(parts, dim=-1), state, w_x, w_h, b_x, b_h)
        return (new if returned == "new" else state), (look(new) if late else context)

    return answer


def decoder_from_zero(before, state, states, lengths, w_a, u_a, v_a, w_x, w_h, b_x, b_h):
    _, context = decoder_step(before, state, states, lengths, w_a, u_a, v_a, w_x, w_h, b_x, b_h)
    x = torch.cat([before, context], dim=-1)
    return gru_step(x, torch.zeros_like(state), w_x, w_h, b_x, b_h), context


def decoder_without_context(before, state, states, lengths, w_a, u_a, v_a, w_x, w_h, b_x, b_h):
    _, context = decoder_step(before, state, states, lengths, w_a, u_a, v_a, w_x, w_h, b_x, b_h)
    x = torch.cat([before, torch.zeros_like(context)], dim=-1)
    return gru_step(x, state, w_x, w_h, b_x, b_h), context


def decoder_uniform(scores, lengths):
    mask = there(scores, lengths)
    return mask / mask.sum(-1, keepdim=True)


DECODER_STEP = Exercise(
    id="alignment.decoder_step",
    title="One step of the decoder",
    asks=("decoder_step",),
    reference=decoder_step,
    cases=decoder_cases,
    points=5,
    difficulty=3,
    importance=5,
    minutes=20,
    mistakes=(
        Mistake(
            "looked with the new state",
            decoder_with(late=True),
            "Your context belongs to the state *after* the step. In this paper the state before it "
            "asks, s_{i−1}, and the answer is part of what makes the new one.",
        ),
        Mistake(
            "context in front of the token",
            decoder_with(order="context before"),
            "The cell's weights expect the token's vector first and the context behind it: "
            "`before`, then the context.",
        ),
        Mistake(
            "context left out of the cell",
            decoder_without_context,
            "The new state does not depend on the context: the decoder looks, and forgets what it "
            "saw. Equation 4 and Appendix A.2.2 hand it to the cell.",
        ),
        Mistake(
            "old state handed back",
            decoder_with(returned="old"),
            "You return the state that came in. The cell's result is the new one.",
        ),
        Mistake(
            "step taken from a state of zeros",
            decoder_from_zero,
            "The cell starts from nothing at every step in yours. Its state is the decoder's "
            "memory: hand it in.",
        ),
        Mistake(
            "padding not masked",
            decoder_with(weigh=weights_unmasked),
            "Without padding you are right. `lengths` say where the tokens end; your "
            "`alignment_weights` knows what to do with them.",
        ),
        Mistake(
            "mask applied after the softmax",
            decoder_with(weigh=weights_mask_after),
            "The weights of sentences with padding sum to less than 1, so their context is too "
            "small. Your `alignment_weights` of exercise 2 does it in the right order.",
        ),
        Mistake(
            "weights frozen uniform",
            decoder_with(weigh=decoder_uniform),
            "The context is the plain mean of the tokens' states. The scores are not used.",
        ),
    ),
    hints=(
        "Four lines: scores, weights, context, cell. The first three are your exercises 1 to 3, "
        "with the state that came in; the fourth is `gru_step`.",
        "`contexts` takes weights of several steps: give it `weights[:, None]` and take `[:, 0]` "
        "of the result. The cell's input is `torch.cat([before, context], dim=-1)`.",
    ),
    symptoms=(
        (
            "context is right and the state is not",
            "The cell's input has another order, or another state went in.",
        ),
        ("state and context are wrong with padding only", "`lengths` are not handed on."),
    ),
    covered="one and several sentences, padding, a sentence of one token, and equal sizes",
    next_step="`alignment.uniform`: predict, then run.",
    why="Look, then step. The order is the paper's: the state before the step asks, so the new "
    "state is made with the answer in hand. Later models turned it round and look with the new "
    "state; both work, and the weights of the one are useless to the other. In a batch in float64 "
    "the chapter's decoder gives what this one gives.",
)

# --- alignment.uniform ---------------------------------------------------------------------------


def settle_uniform(measured):
    """Read off the run what a mean with equal weights can still tell.

    Args:
        measured: For each pair ``(question, weights)`` the share of right answers, and under
            ``("last", "floor")`` that of always naming the commonest letter.
    """
    rows = [["question", "uniform", "learned"]]
    for question in ("least", "last"):
        shares = (measured[question, kind] for kind in ("uniform", "learned"))
        rows.append([question, *(f"{share:.2f}" for share in shares)])
    floor = measured["last", "floor"]
    rows.append(["last, by naming the commonest letter", f"{floor:.2f}", ""])
    knows_least = measured["least", "uniform"] > 0.8
    knows_last = measured["last", "uniform"] > floor + 0.25
    letter = {(False, False): "a", (True, True): "b", (True, False): "c", (False, True): "d"}
    return letter[knows_least, knows_last], rows


UNIFORM = Prediction(
    id="alignment.uniform",
    title="What uniform weights can still learn",
    points=3,
    difficulty=3,
    importance=4,
    minutes=15,
    question="A model reads 8 letters out of 8 kinds. The state of a place is a vector for its "
    "letter plus a vector for its place, both learned. Attention is frozen: every state has the "
    "weight 1/8, and a small network reads the answer off the mean. It is trained on two "
    "questions: which of the letters that occur comes first in the alphabet (least), and which "
    "letter stands last (last). What does it learn?",
    choices={
        "a": "Neither. Who may not choose learns nothing.",
        "b": "Both: every state is in the mean, and a network can take it apart again.",
        "c": "The least, not the last: the mean knows which letters there were, not where.",
        "d": "The last, not the least: places are marked, and no letter is singled out.",
    },
    settle=settle_uniform,
    hints=(
        "Write the mean of the eight states out. Which of its terms change when two letters of the "
        "text change places?",
        "The sum of letter + place over all places is (sum of the letters) + (sum of the places). "
        "What does the second sum know of the text?",
    ),
    symptoms=(
        (
            "prediction was wrong",
            "Good: it is written down, and the points are yours. Which of its steps fails?",
        ),
        (
            "uniform weights are better than guessing at the last letter",
            "Compare with the third row: whoever names the commonest letter is right that often.",
        ),
    ),
    rubric=(
        "The mean of (letter + place) is the mean of the letters plus the mean of the places. The "
        "second is the same for every text; the first says which letters occurred, and how often. "
        "That answers *least*, and anything else that does not depend on order.",
        "Which letter stood where is lost: two texts with the same letters in another order have "
        "the same mean. The best that is left for *last* is the commonest letter. In the chapter "
        "the uniform arm does better than that on short strings, since its recurrent encoder had "
        "mixed letters and places inside the states before the mean was taken.",
    ),
    why="A mean with equal weights is a bag: it knows what was in it and not where. The chapter's "
    "uniform control is no bag, because its encoder is recurrent and writes order into the states. "
    "That is why a control must be run, and not argued.",
)

EXERCISES = [SCORES, WEIGHTS, CONTEXT, DECODER_STEP, UNIFORM]
