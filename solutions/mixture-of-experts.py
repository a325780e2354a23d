"""The exercises of the week *mixture-of-experts*, as the course judges them.

Notation: scores and gates are (token, expert); ``expert`` is (token, k), which experts each token
asks, counted from 0. Queues fill in the order in which choices are read: the first token's first
choice, its second, …, then the second token's.
"""

import torch

from paperclub.exercises import Case, Exercise, Mistake, Prediction

# --- mixture-of-experts.gates --------------------------------------------------------------------


def top_k_gates(clean, spread, noise, k, training):
    """Give each token's gates: k of them above 0, which sum to 1."""
    scores = clean + noise * spread if training else clean
    top, expert = scores.topk(k, dim=-1)
    return torch.zeros_like(scores).scatter(-1, expert, top.softmax(dim=-1))


def gates_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(tokens, experts, k, training, shift=0.0):
        def normal():
            return torch.randn(tokens, experts, generator=random)

        return {
            "clean": normal() + shift,
            "spread": torch.rand(tokens, experts, generator=random) + 0.3,
            "noise": normal(),
            "k": k,
            "training": training,
        }

    return [
        Case("1 token, 3 experts, 2 asked, no training", inputs(1, 3, 2, False)),
        Case("3 tokens, 4 experts, 2 asked, training", inputs(3, 4, 2, True)),
        Case("4 tokens, 4 experts, 3 asked, no training", inputs(4, 4, 3, False)),
        Case("2 tokens, 5 experts, 1 asked, training", inputs(2, 5, 1, True)),
        Case("3 tokens, 4 experts, all asked, training", inputs(3, 4, 4, True)),
        Case("4 tokens, 5 experts, 2 asked, all scores below 0", inputs(4, 5, 2, True, -6.0)),
        Case("5 tokens, 6 experts, 2 asked, training", inputs(5, 6, 2, True)),
    ]


def scattered(scores, expert, values):
    return torch.zeros_like(scores).scatter(-1, expert, values)


def gates_of_all(clean, spread, noise, k, training):
    scores = clean + noise * spread if training else clean
    shares = scores.softmax(dim=-1)
    top, expert = shares.topk(k, dim=-1)
    return scattered(scores, expert, top)


def gates_masked_by_zero(clean, spread, noise, k, training):
    scores = clean + noise * spread if training else clean
    top, expert = scores.topk(k, dim=-1)
    return scattered(scores, expert, top).softmax(dim=-1)


def gates_noisy_always(clean, spread, noise, k, training):
    return top_k_gates(clean, spread, noise, k, True)


def gates_never_noisy(clean, spread, noise, k, training):
    return top_k_gates(clean, spread, noise, k, False)


def gates_noisy_the_other_way(clean, spread, noise, k, training):
    return top_k_gates(clean, spread, noise, k, not training)


def gates_noise_not_scaled(clean, spread, noise, k, training):
    return top_k_gates(clean, torch.ones_like(spread), noise, k, training)


def gates_spread_added(clean, spread, noise, k, training):
    return top_k_gates(clean + spread, torch.ones_like(spread), noise, k, training)


def gates_over_tokens(clean, spread, noise, k, training):
    scores = clean + noise * spread if training else clean
    top, expert = scores.topk(k, dim=-1)
    return scattered(scores, expert, top.softmax(dim=0))


def gates_hidden_over_tokens(clean, spread, noise, k, training):
    scores = clean + noise * spread if training else clean
    expert = scores.topk(k, dim=-1).indices
    hidden = torch.full_like(scores, -torch.inf).scatter(-1, expert, scores.gather(-1, expert))
    return torch.nan_to_num(hidden.softmax(dim=0))


def gates_of_the_smallest(clean, spread, noise, k, training):
    scores = clean + noise * spread if training else clean
    top, expert = scores.topk(k, dim=-1, largest=False)
    return scattered(scores, expert, top.softmax(dim=-1))


def gates_chosen_by_clean(clean, spread, noise, k, training):
    scores = clean + noise * spread if training else clean
    expert = clean.topk(k, dim=-1).indices
    return scattered(scores, expert, scores.gather(-1, expert).softmax(dim=-1))


def gates_weighed_by_clean(clean, spread, noise, k, training):
    scores = clean + noise * spread if training else clean
    expert = scores.topk(k, dim=-1).indices
    return scattered(scores, expert, clean.gather(-1, expert).softmax(dim=-1))


def gates_without_softmax(clean, spread, noise, k, training):
    scores = clean + noise * spread if training else clean
    top, expert = scores.topk(k, dim=-1)
    return scattered(scores, expert, top)


def gates_all_equal(clean, spread, noise, k, training):
    scores = clean + noise * spread if training else clean
    expert = scores.topk(k, dim=-1).indices
    return scattered(scores, expert, torch.full(expert.shape, 1 / k))


def gates_in_order_of_size(clean, spread, noise, k, training):
    scores = clean + noise * spread if training else clean
    gates = torch.zeros_like(scores)
    gates[:, :k] = scores.topk(k, dim=-1).values.softmax(dim=-1)
    return gates


GATES = Exercise(
    id="mixture-of-experts.gates",
    title="Noisy top-k gates",
    asks=("top_k_gates",),
    reference=top_k_gates,
    cases=gates_cases,
    points=3,
    difficulty=2,
    importance=5,
    minutes=15,
    mistakes=(
        Mistake(
            "softmax over all experts",
            gates_of_all,
            "You keep k shares of a softmax over *all* experts, so they sum to less than 1 and "
            "every answer of the layer comes out too small. Who should take part in the softmax?",
        ),
        Mistake(
            "masked by zero",
            gates_masked_by_zero,
            "A score of 0 is not no score: exp(0) is 1, so experts that were not chosen get a "
            "share, and would have to be computed. Which score has the exponential 0?",
        ),
        Mistake(
            "noise outside training",
            gates_noisy_always,
            "In training you are right. Without training the same token should always get the "
            "same experts: the noise belongs to training alone.",
        ),
        Mistake(
            "noise left out",
            gates_never_noisy,
            "Without training you are right. In training each score gets its own noise before "
            "anybody is chosen.",
        ),
        Mistake(
            "noise outside training only",
            gates_noisy_the_other_way,
            "`training` is read the wrong way round: you add noise just when there should be none.",
        ),
        Mistake(
            "noise not scaled",
            gates_noise_not_scaled,
            "The noise has a size of its own for every token and expert: `spread`. Equation 4 "
            "multiplies the two.",
            variants=(gates_spread_added,),
        ),
        Mistake(
            "shared out over the tokens",
            gates_over_tokens,
            "Each token shares out a weight of 1 among its experts: rows should sum to 1, and in "
            "yours something else does. Which dimension counts the experts?",
            variants=(gates_hidden_over_tokens,),
        ),
        Mistake(
            "the smallest chosen",
            gates_of_the_smallest,
            "You ask the experts with the lowest scores.",
        ),
        Mistake(
            "chosen without the noise",
            gates_chosen_by_clean,
            "Your weights have noise in them, but the choice was made without it. The noise is "
            "there so that other experts get a chance to be *chosen*.",
        ),
        Mistake(
            "weighed without the noise",
            gates_weighed_by_clean,
            "The right experts are chosen, but their gates come from the scores without noise. "
            "Equation 3 takes softmax of the very scores that decided.",
        ),
        Mistake(
            "no softmax",
            gates_without_softmax,
            "The chosen scores are handed out as they are. Gates are shares: positive, and "
            "summing to 1.",
        ),
        Mistake(
            "all gates equal",
            gates_all_equal,
            "Everybody who is asked gets the same weight, 1/k. The gate should say how much each "
            "counts, and it learns through that.",
        ),
        Mistake(
            "gates in order of size",
            gates_in_order_of_size,
            "Your values are right and stand in the wrong columns: the largest first. Column i "
            "belongs to expert i. `topk` also says where it found its values.",
        ),
    ),
    hints=(
        "Three steps: scores (with noise, or without), the k best of each token, softmax over "
        "these k only. Then put the shares back where their experts stand.",
        "`top, expert = scores.topk(k, dim=-1)` gives values and places; "
        "`torch.zeros_like(scores).scatter(-1, expert, …)` writes numbers to places.",
    ),
    symptoms=(
        ("rows sum to less than 1", "The softmax ran over all experts before k of them were kept."),
        ("gates are never 0", "The others were masked by a 0, not by −∞."),
        (
            "check is right sometimes",
            "Look at `training`: noise in the one case, none in the other.",
        ),
    ),
    covered="training and not, one expert asked, all of them, scores far below 0",
    next_step="`mixture-of-experts.load`: how likely was each of these choices?",
    why="Keeping k scores and then taking softmax is the same as setting the others to −∞ first "
    "(Equations 3 and 5). With k = 1 the only gate is always 1, and no gradient reaches the "
    "scores: the reason why Section 2.1 asks for k > 1.",
)

# --- mixture-of-experts.load ---------------------------------------------------------------------


def expected_load(clean, noisy, spread, k):
    """Estimate how many tokens ask each expert, so that gradients flow (Appendix A)."""
    top = noisy.topk(k + 1, dim=-1).values
    chosen = noisy > top[:, k:]
    to_beat = torch.where(chosen, top[:, k:], top[:, k - 1 : k])
    return torch.special.ndtr((clean - to_beat) / spread).sum(dim=0)


def load_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(tokens, experts, k):
        clean = torch.randn(tokens, experts, generator=random)
        spread = torch.rand(tokens, experts, generator=random) + 0.4
        noise = torch.randn(tokens, experts, generator=random)
        return {"clean": clean, "noisy": clean + noise * spread, "spread": spread, "k": k}

    return [
        Case("1 token, 3 experts, 1 asked", inputs(1, 3, 1)),
        Case("1 token, 4 experts, 2 asked", inputs(1, 4, 2)),
        Case("4 tokens, 4 experts, 2 asked", inputs(4, 4, 2)),
        Case("5 tokens, 4 experts, 3 asked", inputs(5, 4, 3)),
        Case("20 tokens, 6 experts, 2 asked", inputs(20, 6, 2)),
    ]


def load_with(to_beat=None, distance=None, total=None):
    """The estimate with one of its parts exchanged; each part is a function of what it needs."""

    def usual(noisy, k):
        top = noisy.topk(k + 1, dim=-1).values
        return torch.where(noisy > top[:, k:], top[:, k:], top[:, k - 1 : k])

    def answer(clean, noisy, spread, k):
        beaten = (to_beat or usual)(noisy, k)
        z = (
            (clean - beaten) / spread
            if distance is None
            else distance(clean, noisy, spread, beaten)
        )
        chance = torch.special.ndtr(z)
        return chance.sum(dim=0) if total is None else total(chance)

    return answer


def load_by_counting(clean, noisy, spread, k):
    expert = noisy.topk(k, dim=-1).indices
    return torch.bincount(expert.flatten(), minlength=noisy.shape[1]).float()


def load_of_gates(clean, noisy, spread, k):
    top, expert = noisy.topk(k, dim=-1)
    return torch.zeros_like(noisy).scatter(-1, expert, top.softmax(dim=-1)).sum(dim=0)


def kth(noisy, k):
    return noisy.topk(k, dim=-1).values[:, -1:]


def next_after(noisy, k):
    return noisy.topk(k + 1, dim=-1).values[:, -1:]


def swapped(noisy, k):
    return torch.where(noisy >= kth(noisy, k), kth(noisy, k), next_after(noisy, k))


def best_of_others(noisy, k):
    top = noisy.topk(2, dim=-1).values
    return torch.where(noisy == top[:, :1], top[:, 1:], top[:, :1])


LOAD = Exercise(
    id="mixture-of-experts.load",
    title="A load that has a gradient",
    asks=("expected_load",),
    reference=expected_load,
    cases=load_cases,
    gradients=("clean", "spread"),
    points=4,
    difficulty=4,
    importance=5,
    minutes=20,
    mistakes=(
        Mistake(
            "the k-th of all",
            load_with(to_beat=kth),
            "For experts that were not chosen you are right. One that *was* chosen is itself among "
            "the k largest: the score it has to beat is the k-th largest of the *others*. Where "
            "does that stand in the order of all?",
        ),
        Mistake(
            "the next one for all",
            load_with(to_beat=next_after),
            "For the chosen experts you are right. One that was not chosen has k rivals above it, "
            "and must beat the weakest of these.",
        ),
        Mistake(
            "the two thresholds exchanged",
            load_with(to_beat=swapped),
            "You distinguish chosen and not chosen, and give each the other's threshold.",
        ),
        Mistake(
            "the best of the others",
            load_with(to_beat=best_of_others),
            "You ask for the chance to be the very *first*. To be among the chosen it is enough "
            "to beat the k-th of the others.",
        ),
        Mistake(
            "tokens counted",
            load_by_counting,
            "These are the real loads, and whole numbers: no gradient flows through counting. "
            "The estimate sums *chances*.",
        ),
        Mistake(
            "gates summed",
            load_of_gates,
            "This is the importance (Equation 6). The load asks how *many* tokens come, not with "
            "how much weight.",
        ),
        Mistake(
            "the old noise kept",
            load_with(distance=lambda clean, noisy, spread, beaten: (noisy - beaten) / spread),
            "The expert's own noise is to be drawn anew, so what it drew before must not matter. "
            "Around which number will its next score lie?",
        ),
        Mistake(
            "spread forgotten",
            load_with(distance=lambda clean, noisy, spread, beaten: clean - beaten),
            "Φ wants a distance in units of the standard deviation. How large is this expert's "
            "noise?",
        ),
        Mistake(
            "multiplied by the spread",
            load_with(distance=lambda clean, noisy, spread, beaten: (clean - beaten) * spread),
            "With more noise a distance counts for *less*.",
        ),
        Mistake(
            "wrong sign",
            load_with(distance=lambda clean, noisy, spread, beaten: (beaten - clean) / spread),
            "You have the chance to *fail*. Put in an expert far above all the others: what should "
            "come out?",
        ),
        Mistake(
            "sigmoid for Φ",
            load_with(
                distance=lambda clean, noisy, spread, beaten: torch.special.ndtri(
                    ((clean - beaten) / spread).sigmoid()
                )
            ),
            "The noise is normally distributed; its distribution function is Φ, not the sigmoid.",
        ),
        Mistake(
            "mean over the tokens",
            load_with(total=lambda chance: chance.mean(dim=0)),
            "A load is a number of tokens: a sum over the batch, not a mean.",
        ),
        Mistake(
            "summed over the experts",
            load_with(total=lambda chance: chance.sum(dim=1)),
            "One number for each *expert* is wanted; yours is one for each token.",
        ),
    ),
    hints=(
        "Draw the scores of one token on a line, k = 2. Take one expert off the line. Which of "
        "the marks that are left must its new score pass, if it is to be among the best two? Try "
        "it with an expert that was chosen and with one that was not.",
        "`top = noisy.topk(k + 1, dim=-1).values` holds both marks: `top[:, k - 1 : k]` for who "
        "was not chosen, `top[:, k:]` for who was. `torch.where` takes the one or the other; "
        "`torch.special.ndtr` is Φ.",
    ),
    symptoms=(
        ("loads sum to much less than tokens × k", "The chosen are measured against themselves."),
        ("gradient is missing", "Somewhere tokens are counted instead of chances being added."),
        ("result has one number a token", "Sum over dimension 0, the tokens."),
    ),
    covered="one expert asked, all but one, single tokens and many, with the gradients",
    next_step="`mixture-of-experts.seats`: the queues.",
    why="P(x, i) is Equation 9. The others keep their noise and only that of i is drawn anew, "
    "so everything but one normal variable is fixed, and the chance is a value of Φ. Its gradient "
    "is largest for tokens that could as well have gone elsewhere: these are what the term moves.",
)

# --- mixture-of-experts.seats --------------------------------------------------------------------


def seats(expert, n_experts, capacity):
    """Give each choice its seat in its expert's queue, from 0; -1 where there is no room."""
    asked = torch.nn.functional.one_hot(expert.flatten(), n_experts)
    before = asked.cumsum(dim=0) - asked
    seat = before.gather(1, expert.flatten()[:, None]).view_as(expert)
    return torch.where(seat < capacity, seat, -1)


def choices(tokens, experts, k, random):
    return torch.rand(tokens, experts, generator=random).topk(k, dim=-1).indices


def seats_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(tokens, experts, k, capacity):
        expert = choices(tokens, experts, k, random)
        return {"expert": expert, "n_experts": experts, "capacity": capacity}

    crowd = torch.zeros(5, 1, dtype=torch.long)
    return [
        Case("3 tokens, 3 experts, 1 asked, room for all", inputs(3, 3, 1, 3)),
        Case("4 tokens, 3 experts, 2 asked, room for all", inputs(4, 3, 2, 4)),
        Case("all to one expert, room for 2", {"expert": crowd, "n_experts": 3, "capacity": 2}),
        Case("6 tokens, 3 experts, 2 asked, room for 3", inputs(6, 3, 2, 3)),
        Case("8 tokens, 4 experts, 3 asked, room for 1", inputs(8, 4, 3, 1)),
        Case("1 token, 4 experts, 2 asked", inputs(1, 4, 2, 1)),
        Case("12 tokens, 5 experts, 2 asked, room for 4", inputs(12, 5, 2, 4)),
    ]


def all_seats(expert, n_experts):
    return seats(expert, n_experts, expert.numel() + 1)


def seats_from_one(expert, n_experts, capacity):
    seat = all_seats(expert, n_experts) + 1
    return torch.where(seat <= capacity, seat, -1)


def seats_from_one_cut_short(expert, n_experts, capacity):
    seat = all_seats(expert, n_experts) + 1
    return torch.where(seat < capacity, seat, -1)


def seats_one_too_many(expert, n_experts, capacity):
    return seats(expert, n_experts, capacity + 1)


def seats_one_too_few(expert, n_experts, capacity):
    return seats(expert, n_experts, capacity - 1)


def seats_without_limit(expert, n_experts, capacity):
    return all_seats(expert, n_experts)


def seats_squeezed(expert, n_experts, capacity):
    return all_seats(expert, n_experts).clamp_max(capacity - 1)


def seats_around(expert, n_experts, capacity):
    return all_seats(expert, n_experts) % capacity


def seats_zero_for_none(expert, n_experts, capacity):
    return seats(expert, n_experts, capacity).clamp_min(0)


def seats_first_choices_first(expert, n_experts, capacity):
    return seats(expert.T.contiguous(), n_experts, capacity).T.contiguous()


def seats_for_each_choice_apart(expert, n_experts, capacity):
    columns = [seats(column[:, None], n_experts, capacity) for column in expert.unbind(1)]
    return torch.cat(columns, dim=1)


def seats_in_one_queue(expert, n_experts, capacity):
    seat = torch.arange(expert.numel()).view_as(expert)
    return torch.where(seat < capacity, seat, -1)


def seats_from_the_end(expert, n_experts, capacity):
    return seats(expert.flip(0, 1), n_experts, capacity).flip(0, 1)


SEATS = Exercise(
    id="mixture-of-experts.seats",
    title="Seats in the queues",
    asks=("seats",),
    reference=seats,
    cases=seats_cases,
    points=3,
    difficulty=3,
    importance=3,
    minutes=15,
    mistakes=(
        Mistake(
            "seats counted from 1",
            seats_from_one,
            "The first in a queue has seat 0. A running sum that counts the choice itself begins "
            "at 1.",
            variants=(seats_from_one_cut_short,),
        ),
        Mistake(
            "one seat too many",
            seats_one_too_many,
            "With a capacity of 3 the seats are 0, 1 and 2. Yours lets one more in.",
        ),
        Mistake(
            "one seat too few",
            seats_one_too_few,
            "With a capacity of 3 the seats are 0, 1 and 2. Yours turns the last one away.",
        ),
        Mistake(
            "capacity ignored",
            seats_without_limit,
            "The places are right; who comes when the queue is full gets −1, not a seat.",
        ),
        Mistake(
            "squeezed into the last seat",
            seats_squeezed,
            "Those who find no room all got the last seat, and would write over one another.",
        ),
        Mistake(
            "seats given out again",
            seats_around,
            "When the queue is full you begin again at 0, where somebody sits already.",
        ),
        Mistake(
            "0 for no seat",
            seats_zero_for_none,
            "Who finds no room gets −1. A 0 is the first seat, and it is taken.",
        ),
        Mistake(
            "first choices first",
            seats_first_choices_first,
            "You seat everybody's first choice before any second one. That is a rule some systems "
            "have; here choices are read token by token.",
        ),
        Mistake(
            "a queue for first and one for second choices",
            seats_for_each_choice_apart,
            "First and second choices wait in the *same* queue; yours count apart, and two "
            "choices share a seat.",
        ),
        Mistake(
            "one queue for all experts",
            seats_in_one_queue,
            "You number all choices in one row. Each expert has a queue of its own: count only "
            "earlier choices of the *same* expert.",
        ),
        Mistake(
            "the last served first",
            seats_from_the_end,
            "Who comes first sits first; yours begins at the end of the batch.",
        ),
    ),
    hints=(
        "Put all choices in one row, token by token. The seat of a choice is how many before it "
        "name the same expert.",
        "`F.one_hot(row, n_experts)` has a 1 in the column of the expert; `cumsum(dim=0)` counts "
        "down each column. Take away the choice itself, then `gather` each choice's own column.",
    ),
    symptoms=(
        ("numbers start at 1", "The running sum counts the choice itself."),
        ("two choices have the same seat", "First and second choices were counted apart."),
        ("seats go beyond the capacity", "Replace these by −1: `torch.where`."),
    ),
    covered="room for all, a crowd at one expert, room for a single one, one to three choices",
    next_step="`mixture-of-experts.mixture`: the whole layer.",
    why="A running sum down a one-hot table counts for all choices at once what a loop would count "
    "one by one, and a graphics card can do it. The order in which choices are read decides who "
    "is left out: first come, first served is simple and not fair to the end of a text.",
)

# --- mixture-of-experts.mixture ------------------------------------------------------------------


def mixture(x, gates, expert, w_in, b_in, w_out, capacity):
    """Dispatch tokens to their experts' queues, compute, and combine the answers."""
    n_experts, d, _ = w_in.shape
    seat = seats(expert, n_experts, capacity)
    kept = seat >= 0
    token = torch.arange(len(x))[:, None].expand_as(expert)[kept]
    slot = (expert * capacity + seat)[kept]
    queues = x.new_zeros(n_experts * capacity, d)
    queues[slot] = x[token]
    hidden = (queues.view(n_experts, capacity, d) @ w_in + b_in[:, None]).relu()
    answers = (hidden @ w_out).flatten(0, 1)
    parts = answers[slot] * gates[kept][:, None]
    return torch.zeros_like(x).index_add(0, token, parts)


def mixture_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=random)

    def inputs(tokens, experts, k, capacity, d=4, d_hidden=3, expert=None):
        expert = choices(tokens, experts, k, random) if expert is None else expert
        return {
            "x": normal(tokens, d),
            "gates": normal(*expert.shape).softmax(dim=-1)
            if k > 1
            else normal(tokens, 1).sigmoid(),
            "expert": expert,
            "w_in": normal(experts, d, d_hidden),
            "b_in": normal(experts, d_hidden),
            "w_out": normal(experts, d_hidden, d),
            "capacity": capacity,
        }

    crowd = torch.tensor([[0, 1], [0, 2], [1, 0], [0, 2]])
    early = torch.tensor([[0, 1], [1, 0], [2, 0], [0, 2]])
    return [
        Case("1 token, 2 experts, 1 asked", inputs(1, 2, 1, 1)),
        Case("3 tokens, 3 experts, 2 asked, room for all", inputs(3, 3, 2, 3)),
        Case(
            "4 tokens crowd at expert 0, room for 2", inputs(4, 3, 2, 2, d_hidden=8, expert=crowd)
        ),
        Case(
            "4 tokens, an early second choice, room for 2",
            inputs(4, 3, 2, 2, d_hidden=8, expert=early),
        ),
        Case("8 tokens, 4 experts, 2 asked, room for 3", inputs(8, 4, 2, 3)),
        Case("5 tokens, 4 experts, 3 asked, d = d_hidden = 4", inputs(5, 4, 3, 5, d_hidden=4)),
        Case("6 tokens, 5 experts, 2 asked, d = 2", inputs(6, 5, 2, 4, d=2)),
    ]


def mixture_by_loop(
    seated=seats,
    part=lambda x, gate, w_in, b_in, w_out: gate * ((x @ w_in + b_in).relu() @ w_out),
    start=torch.zeros_like,
    put=lambda old, new: old + new,
    weigh=lambda gates, kept: gates,
):
    """The layer one choice at a time, with a part exchanged."""

    def answer(x, gates, expert, w_in, b_in, w_out, capacity):
        kept = seated(expert, len(w_in), capacity) >= 0
        gates = weigh(gates, kept)
        rows = []
        for t, row in enumerate(start(x)):
            for j, i in enumerate(expert[t].tolist()):
                if kept[t, j]:
                    row = put(row, part(x[t], gates[t, j], w_in[i], b_in[i], w_out[i]))
            rows.append(row)
        return torch.stack(rows)

    return answer


def mixture_always_one_expert(x, gates, expert, w_in, b_in, w_out, capacity):
    first = torch.zeros_like(expert)
    all_room = expert.numel()
    return mixture(x, gates, first, w_in, b_in, w_out, all_room)


def shared_anew(gates, kept):
    left = gates * kept
    return left / left.sum(dim=-1, keepdim=True).clamp_min(1e-9)


def mixture_cut_off(x, gates, expert, w_in, b_in, w_out, capacity):
    return mixture(x, gates.detach(), expert, w_in, b_in, w_out, capacity)


MIXTURE = Exercise(
    id="mixture-of-experts.mixture",
    title="Dispatch, compute, combine",
    asks=("mixture",),
    reference=mixture,
    cases=mixture_cases,
    gradients=("x", "gates", "w_in", "b_in", "w_out"),
    points=6,
    difficulty=4,
    importance=5,
    minutes=25,
    mistakes=(
        Mistake(
            "gates ignored",
            mixture_by_loop(part=lambda x, g, w, b, v: (x @ w + b).relu() @ v),
            "Every expert that is asked counts fully. Equation 1 weighs each answer by its gate.",
        ),
        Mistake(
            "gate on the way in",
            mixture_by_loop(part=lambda x, g, w, b, v: ((g * x) @ w + b).relu() @ v),
            "The gate weighs the expert's *answer*; you shrink what the expert is told. With a "
            "bias inside, the two differ.",
        ),
        Mistake(
            "mean over the experts asked",
            mixture_by_loop(weigh=lambda gates, kept: gates / gates.shape[1]),
            "The gates are shares already; you divide by k once more.",
            variants=(
                mixture_by_loop(weigh=lambda gates, kept: torch.ones_like(gates) / gates.shape[1]),
            ),
        ),
        Mistake(
            "only the last answer kept",
            mixture_by_loop(put=lambda old, new: new),
            "A token that asks several experts gets the *sum* of their answers. Writing to a place "
            "twice keeps only what was written last: `index_add` adds.",
        ),
        Mistake(
            "capacity ignored",
            mixture_by_loop(seated=seats_without_limit),
            "Choices that find no room add nothing. Where does `capacity` enter?",
        ),
        Mistake(
            "one seat too many",
            mixture_by_loop(seated=seats_one_too_many),
            "With a capacity of 3 three choices are served, not four.",
        ),
        Mistake(
            "one seat too few",
            mixture_by_loop(seated=seats_one_too_few),
            "With a capacity of 3 three choices are served, not two.",
        ),
        Mistake(
            "first choices first",
            mixture_by_loop(seated=seats_first_choices_first),
            "Queues fill token by token, first and second choice of each together. In yours all "
            "first choices come before any second one, so others are left out.",
            variants=(mixture_by_loop(seated=seats_for_each_choice_apart),),
        ),
        Mistake(
            "gates shared out anew after overflow",
            mixture_by_loop(weigh=shared_anew),
            "Where a choice found no room you raise the token's other gates so that they sum to 1 "
            "again. Here what is lost is lost, and gates stay as they were.",
        ),
        Mistake(
            "token added to its answer",
            mixture_by_loop(start=lambda x: x),
            "You add x itself. The residual path stands outside this layer.",
        ),
        Mistake(
            "no ReLU",
            mixture_by_loop(part=lambda x, g, w, b, v: g * ((x @ w + b) @ v)),
            "Between its two layers an expert has a ReLU; without it, it is one matrix.",
        ),
        Mistake(
            "bias forgotten",
            mixture_by_loop(part=lambda x, g, w, b, v: g * ((x @ w).relu() @ v)),
            "Each expert has a bias in its hidden layer, `b_in`.",
        ),
        Mistake(
            "ReLU at the end",
            mixture_by_loop(part=lambda x, g, w, b, v: g * ((x @ w + b).relu() @ v).relu()),
            "The ReLU stands in the hidden layer only; an expert's answer may be negative.",
        ),
        Mistake(
            "expert 0 does all the work",
            mixture_always_one_expert,
            "Every choice was computed with the weights of expert 0.",
        ),
        Mistake(
            "gradient to the gates cut off",
            mixture_cut_off,
            "The numbers are right, but no gradient reaches the gates: the router could never "
            "learn.",
        ),
    ),
    hints=(
        "Write the loop first: for each token and each of its experts with a seat, add gate times "
        "the expert's answer. It passes. Then replace the loops: your `seats` gives every kept "
        "choice a slot of its own, `expert * capacity + seat`.",
        "`queues = x.new_zeros(n_experts * capacity, d)`, `queues[slot] = x[token]`; one batched "
        "product `queues.view(n_experts, capacity, d) @ w_in`; back by `answers[slot]`, weighed, "
        "and `torch.zeros_like(x).index_add(0, token, parts)`.",
    ),
    symptoms=(
        (
            "only crowded cases fail",
            "Look at who is turned away: the order of the queue, or ≤ for <.",
        ),
        ("result is right for k = 1 only", "Answers must be added up, not written over."),
        ("shapes of b_in do not fit", "(expert, hidden) needs a dimension for the places."),
    ),
    covered="one to three experts asked, room for all, overflow, and all gradients",
    next_step="`mixture-of-experts.without_terms`: predict, then run.",
    why="Dispatch and combine are one index, used twice. All experts compute as one batched "
    "product, whose size is experts × capacity, filled or not: that is why a fixed capacity is "
    "cheap when the load is even and wasteful, or lossy, when it is not.",
)

# --- mixture-of-experts.without_terms ------------------------------------------------------------


def settle_without_terms(measured):
    """Read off what the two trainings came to.

    Args:
        measured: For the weight of the terms (0.1 and 0.0): the load of each expert in units of
            the mean, and the loss on new tokens.
    """
    rows = [["weight of the terms", "loads, in units of the mean", "loss"]]
    for weight, (loads, loss) in measured.items():
        shown = " ".join(f"{load:.1f}" for load in sorted(loads, reverse=True))
        rows.append([weight, shown, f"{loss:.2f}"])
    loads, loss = measured[0.0]
    _, balanced = measured[0.1]
    if max(loads) < 1.8:
        return "a", rows
    if sum(sorted(loads)[-2:]) > 0.98 * sum(loads):
        return "d", rows
    return ("b" if loss > 1.05 * balanced else "c"), rows


WITHOUT_TERMS = Prediction(
    id="mixture-of-experts.without_terms",
    title="Without the balancing terms",
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    question="A gate, 8 experts, 2 asked, the noise always on in training. It learns to say which "
    "letter follows which. Once with both balancing terms at 0.1, once without them. Afterwards, "
    "on new tokens without noise, what does the second one look like beside the first?",
    choices={
        "a": "The load stays about even: the noise alone spreads the tokens.",
        "b": "The load crowds at a few experts, and the loss is at least 5 % higher.",
        "c": "The load crowds at a few experts, and the loss is about the same.",
        "d": "Two experts get everything, since two are asked.",
    },
    settle=settle_without_terms,
    hints=(
        "Every token's vector has a part that all tokens share. What happens to an expert whose "
        "column of the gate points along that part, once it is chosen a little more often?",
        "How many experts does it take to hold 64 letters' successors? If three of eight suffice, "
        "what does the loss notice?",
    ),
    symptoms=(
        ("prediction was wrong", "Good: it is written down, and the points are yours."),
        (
            "loads are those of one run only",
            "They are. Change `seed` in the call and see what stays: how crowded, not who.",
        ),
    ),
    rubric=(
        "Crowding feeds itself: an expert that is asked more is trained more, becomes more useful "
        "to everybody, and its score rises for all tokens at once, because their vectors share a "
        "part. The noise keeps its size while the scores grow, and is outgrown.",
        "The loss hardly suffers, since a few experts can hold what there is to learn here. What "
        "suffers is the machine: with room for 1.25 times the even share, a large part of the "
        "choices is lost; and the idle experts are weights that were paid for.",
    ),
    why="The paper found both, crowding and a worse loss (Table 6); with little to learn only the "
    "crowding shows. The terms are for the machine first, and for the capacity that idle experts "
    "would have been, where there is something to fill it with.",
)

EXERCISES = [GATES, LOAD, SEATS, MIXTURE, WITHOUT_TERMS]
