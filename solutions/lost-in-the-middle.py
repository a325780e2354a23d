"""The exercises of the week *lost-in-the-middle*, as the course judges them.

Notation: a fact stands at a ``place`` of a list, counted from 0; a list of ``n`` facts is asked in
five orders, its ``turns``, each of which begins a fifth later than the one before.
"""

import math

import torch

from paperclub.exercises import Case, Exercise, Mistake, Prediction

INF = float("inf")

# --- lost-in-the-middle.answer -------------------------------------------------------------------


def answer_log_probability(logits, tokens, n_answer):
    """Return the log-probability of the last n_answer tokens of each text (text,)."""
    log_p = logits[:, -n_answer - 1 : -1].log_softmax(dim=-1)
    answer = tokens[:, -n_answer:]
    return log_p.gather(2, answer[..., None])[..., 0].sum(dim=1)


def answer_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def text(name, texts, length, vocabulary, n_answer, spread=1.0):
        logits = torch.randn(texts, length, vocabulary, generator=random) * spread
        tokens = torch.randint(vocabulary, (texts, length), generator=random)
        return Case(name, {"logits": logits, "tokens": tokens, "n_answer": n_answer})

    return [
        text("1 text of 4 tokens, an answer of 1", 1, 4, 5, 1),
        text("2 texts of 6 tokens, an answer of 3", 2, 6, 7, 3),
        text("3 texts of 3 tokens, all but the first is the answer", 3, 3, 4, 2),
        text("4 texts of 5 tokens, 5 words, an answer of 2", 4, 5, 5, 2),
        text("logits of some hundreds", 2, 6, 6, 3, spread=200.0),
    ]


def answer_picked(logits, tokens, n_answer, shift=1, last=lambda log_p: log_p.sum(dim=1)):
    """Pick the answer's numbers from logits that stand ``shift`` places before it."""
    length = tokens.shape[1]
    start = length - n_answer - shift
    log_p = logits.log_softmax(dim=-1).roll(-start, dims=1)[:, :n_answer]
    return last(log_p.gather(2, tokens[:, -n_answer:, None])[..., 0])


def answer_same_place(logits, tokens, n_answer):
    return answer_picked(logits, tokens, n_answer, shift=0)


def answer_two_before(logits, tokens, n_answer):
    return answer_picked(logits, tokens, n_answer, shift=2)


def answer_mean(logits, tokens, n_answer):
    return answer_picked(logits, tokens, n_answer, last=lambda p: p.mean(dim=1))


def answer_probability(logits, tokens, n_answer):
    return answer_log_probability(logits, tokens, n_answer).exp()


def answer_log_of_sum(logits, tokens, n_answer):
    return answer_picked(logits, tokens, n_answer, last=lambda p: p.exp().sum(dim=1).log())


def answer_raw(logits, tokens, n_answer):
    picked = logits[:, -n_answer - 1 : -1].gather(2, tokens[:, -n_answer:, None])
    return picked[..., 0].sum(dim=1)


def answer_whole_text(logits, tokens, n_answer):
    log_p = logits[:, :-1].log_softmax(dim=-1)
    return log_p.gather(2, tokens[:, 1:, None])[..., 0].sum(dim=1)


def answer_first_token(logits, tokens, n_answer):
    return answer_picked(logits, tokens, n_answer, last=lambda p: p[:, 0])


def answer_last_token(logits, tokens, n_answer):
    return answer_picked(logits, tokens, n_answer, last=lambda p: p[:, -1])


def answer_negative(logits, tokens, n_answer):
    return -answer_log_probability(logits, tokens, n_answer)


def answer_over_places(logits, tokens, n_answer):
    log_p = logits[:, -n_answer - 1 : -1].log_softmax(dim=1)
    return log_p.gather(2, tokens[:, -n_answer:, None])[..., 0].sum(dim=1)


def answer_underflow(logits, tokens, n_answer):
    p = logits[:, -n_answer - 1 : -1].softmax(dim=-1)
    return p.gather(2, tokens[:, -n_answer:, None])[..., 0].log().sum(dim=1)


def answer_product_underflow(logits, tokens, n_answer):
    p = logits[:, -n_answer - 1 : -1].softmax(dim=-1)
    return p.gather(2, tokens[:, -n_answer:, None])[..., 0].prod(dim=1).log()


ANSWER = Exercise(
    id="lost-in-the-middle.answer",
    title="The log-probability of an answer",
    asks=("answer_log_probability",),
    reference=answer_log_probability,
    cases=answer_cases,
    points=3,
    difficulty=2,
    importance=5,
    minutes=15,
    mistakes=(
        Mistake(
            "logits of the answer's own places",
            answer_same_place,
            "You read the logits at the places where the answer stands. There the model has "
            "already seen the token and speaks about the *next* one. Go one place back.",
        ),
        Mistake(
            "logits two places before",
            answer_two_before,
            "Your logits stand one place too early: the answer's first token is spoken about "
            "by the token just before it, not by the one before that.",
        ),
        Mistake(
            "mean for sum",
            answer_mean,
            "You took the mean over the answer's tokens. The probability of a sequence is a "
            "product, so its logarithm is a sum.",
        ),
        Mistake(
            "probability for its logarithm",
            answer_probability,
            "What you return lies between 0 and 1: it is the probability. Its logarithm is asked.",
        ),
        Mistake(
            "log of a sum",
            answer_log_of_sum,
            "You added probabilities and took the logarithm then. Tokens come one *and* then the "
            "other: their probabilities are multiplied.",
        ),
        Mistake(
            "logits without a softmax",
            answer_raw,
            "You added up logits. They are log-probabilities only after `log_softmax`.",
        ),
        Mistake(
            "whole text",
            answer_whole_text,
            "You scored every token of the text, the question too. Only the last n_answer count.",
        ),
        Mistake(
            "one token only",
            answer_first_token,
            "Only one token of the answer is in your result. An answer of three tokens has three "
            "terms.",
            variants=(answer_last_token,),
        ),
        Mistake(
            "sign",
            answer_negative,
            "That is the loss, positive. A log-probability is 0 or less.",
        ),
        Mistake(
            "softmax over the places",
            answer_over_places,
            "Your softmax runs along the text. At each place the model chooses among the words of "
            "the vocabulary: the last dimension.",
        ),
        Mistake(
            "softmax, then log",
            answer_underflow,
            "With large logits a probability becomes exactly 0 and its logarithm −∞. "
            "`log_softmax` does both in one step and stays finite.",
            variants=(answer_product_underflow,),
        ),
    ),
    hints=(
        "The logits at place t are about the token at place t + 1. Which places speak about the "
        "last n_answer tokens?",
        "`logits[:, -n_answer - 1 : -1]`, then `log_softmax(dim=-1)`, then `gather` along the "
        "vocabulary with the answer's tokens, then a sum.",
    ),
    symptoms=(
        ("result is right for no case, but plausible", "The logits stand one place off."),
        ("result is −∞", "softmax and log in two steps: a probability became 0."),
        (
            "gather complains about dimensions",
            "The index needs a last dimension: tokens[..., None].",
        ),
    ),
    covered="answers of one, two and three tokens, one text and several, logits of some hundreds",
    next_step="`lost-in-the-middle.cache`: many questions, one reading.",
    why="A text's probability is a product over its tokens, each given all before it; the model "
    "speaks about a token one place before. Scoring at the answer's own places gives numbers that "
    "look just as reasonable, which is why this mistake survives in published code.",
)

# --- lost-in-the-middle.cache --------------------------------------------------------------------


def attend_with_cache(cache_k, cache_v, q, k, v):
    """Let each question attend to the list (cached) and to itself, causally."""
    n_list, length = len(cache_k), q.shape[1]
    keys = torch.cat([cache_k.expand(len(q), -1, -1), k], dim=1)  # (question, list + token, d)
    values = torch.cat([cache_v.expand(len(q), -1, -1), v], dim=1)
    seen = torch.ones(length, n_list + length, dtype=torch.bool).tril(n_list)
    scores = q @ keys.transpose(-2, -1) / math.sqrt(q.shape[-1])
    return scores.masked_fill(~seen, -INF).softmax(dim=-1) @ values


def cache_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def numbers(*shape):
        return torch.randn(*shape, generator=random)

    def case(name, n_list, questions, length, d, d_v):
        given = {
            "cache_k": numbers(n_list, d), "cache_v": numbers(n_list, d_v),
            "q": numbers(questions, length, d), "k": numbers(questions, length, d),
            "v": numbers(questions, length, d_v),
        }  # fmt: skip
        return Case(name, given)

    return [
        case("a list of 3 tokens, 1 question of 1", 3, 1, 1, 4, 4),
        case("a list of 4 tokens, 2 questions of 3", 4, 2, 3, 5, 2),
        case("a list of 1 token, 3 questions of 4", 1, 3, 4, 2, 3),
        case("4 questions of 4 tokens about a list of 4", 4, 4, 4, 3, 4),
    ]


def cache_attend(cache_k, cache_v, q, k, v, seen=None, scale=None, own_first=False):
    """Attend with a mask that ``seen(length, n_list)`` makes, and own tokens first if asked."""
    n_list, length = len(cache_k), q.shape[1]
    parts_k, parts_v = [cache_k.expand(len(q), -1, -1), k], [cache_v.expand(len(q), -1, -1), v]
    if own_first:
        parts_k, parts_v = parts_k[::-1], parts_v[::-1]
    keys, values = torch.cat(parts_k, dim=1), torch.cat(parts_v, dim=1)
    scores = q @ keys.transpose(-2, -1) * (q.shape[-1] ** -0.5 if scale is None else scale)
    if seen is not None:
        scores = scores.masked_fill(~seen(length, n_list), -INF)
    return scores.softmax(dim=-1) @ values


def causal(length, n_list, diagonal):
    return torch.ones(length, n_list + length, dtype=torch.bool).tril(diagonal)


def cache_no_mask(cache_k, cache_v, q, k, v):
    return cache_attend(cache_k, cache_v, q, k, v)


def cache_mask_at_corner(cache_k, cache_v, q, k, v):
    return cache_attend(cache_k, cache_v, q, k, v, seen=lambda n, m: causal(n, m, 0))


def cache_strict(cache_k, cache_v, q, k, v):
    return cache_attend(cache_k, cache_v, q, k, v, seen=lambda n, m: causal(n, m, m - 1))


def cache_one_too_many(cache_k, cache_v, q, k, v):
    return cache_attend(cache_k, cache_v, q, k, v, seen=lambda n, m: causal(n, m, m + 1))


def cache_reversed_mask(cache_k, cache_v, q, k, v):
    def seen(length, n_list):
        own = torch.ones(length, length, dtype=torch.bool).triu()
        return torch.cat([torch.ones(length, n_list, dtype=torch.bool), own], dim=1)

    return cache_attend(cache_k, cache_v, q, k, v, seen=seen)


def cache_own_first(cache_k, cache_v, q, k, v):
    return cache_attend(
        cache_k, cache_v, q, k, v, seen=lambda n, m: causal(n, m, m), own_first=True
    )


def cache_forgotten(cache_k, cache_v, q, k, v):
    return attend_with_cache(cache_k[:0], cache_v[:0], q, k, v)


def cache_list_only(cache_k, cache_v, q, k, v):
    scores = q @ cache_k.T / math.sqrt(q.shape[-1])
    return scores.softmax(dim=-1) @ cache_v


def cache_no_scale(cache_k, cache_v, q, k, v):
    return cache_attend(cache_k, cache_v, q, k, v, seen=lambda n, m: causal(n, m, m), scale=1.0)


def cache_two_softmaxes(cache_k, cache_v, q, k, v):
    return cache_list_only(cache_k, cache_v, q, k, v) + cache_forgotten(cache_k, cache_v, q, k, v)


def cache_grows(cache_k, cache_v, q, k, v):
    """Each question is written into the cache, and the next one sees it."""
    out = []
    for one in range(len(q)):
        out.append(
            attend_with_cache(
                cache_k, cache_v, q[one : one + 1], k[one : one + 1], v[one : one + 1]
            )
        )
        cache_k, cache_v = torch.cat([cache_k, k[one]]), torch.cat([cache_v, v[one]])
    return torch.cat(out)


CACHE = Exercise(
    id="lost-in-the-middle.cache",
    title="One reading, many questions",
    asks=("attend_with_cache",),
    reference=attend_with_cache,
    cases=cache_cases,
    points=5,
    difficulty=3,
    importance=5,
    minutes=25,
    mistakes=(
        Mistake(
            "no mask",
            cache_no_mask,
            "A question's token sees the tokens behind it. Among the question's own tokens, each "
            "may look back only, and at itself.",
        ),
        Mistake(
            "causal mask from the corner",
            cache_mask_at_corner,
            "Your causal mask starts at the list's first token, so the question hardly sees the "
            "list. The whole list stands before it: shift the diagonal by the length of the list.",
        ),
        Mistake(
            "a token that does not see itself",
            cache_strict,
            "A token may look at itself too. Your diagonal is one place too low.",
        ),
        Mistake(
            "a token that sees one ahead",
            cache_one_too_many,
            "Each token sees the one behind it. Your diagonal is one place too high.",
        ),
        Mistake(
            "mask upside down",
            cache_reversed_mask,
            "Among its own tokens the question looks forwards. Rows are what asks, columns what "
            "is asked: a causal mask is a *lower* triangle.",
        ),
        Mistake(
            "own tokens before the list",
            cache_own_first,
            "Your mask and your keys are in different orders: the list comes first, then the "
            "question.",
        ),
        Mistake(
            "cache forgotten",
            cache_forgotten,
            "The questions see only themselves. What was read is in cache_k and cache_v.",
        ),
        Mistake(
            "list only",
            cache_list_only,
            "The questions see the list and not themselves. A token of a question also looks at "
            "the question so far.",
        ),
        Mistake(
            "no scale",
            cache_no_scale,
            "The scores are to be divided by the root of d, the size of a key.",
        ),
        Mistake(
            "two softmaxes",
            cache_two_softmaxes,
            "You attended to the list and to the question apart, and added. A token has *one* "
            "weight to share out, over the list and its question together.",
        ),
        Mistake(
            "one question writes into the next one's cache",
            cache_grows,
            "The second question sees the first. Each starts from the list alone: never write "
            "into what all of them share.",
        ),
    ),
    hints=(
        "Repeat the cached keys and values for every question (`expand` copies nothing), and put "
        "the question's own behind them. Then it is attention with a causal mask.",
        "The mask is (token, list + token): `torch.ones(…, dtype=torch.bool).tril(n_list)`. Row t "
        "sees all n_list places of the list, and t + 1 of its own.",
    ),
    symptoms=(
        ("first token of a question is right, later ones are not", "The mask's diagonal is off."),
        ("first question is right, later ones are not", "A question was written into the cache."),
        ("cat complains about dimensions", "The cache has no dimension for questions: expand it."),
    ),
    covered="one question and several, questions of one token and of more, a list of one token, "
    "values of another size than keys",
    next_step="`lost-in-the-middle.within_facts`: what may be compared with what.",
    why="Causal attention makes the list's keys and values independent of what comes after, so "
    "they are computed once and shared. The result is that of running list and question together, "
    "to rounding. It stops holding as soon as the question comes first.",
)

# --- lost-in-the-middle.within_facts -------------------------------------------------------------


def ends_minus_middle(scores):
    """Return, for each fact, its score in the first and the last fifth minus the middle one."""
    turns, n = scores.shape
    step = n // turns
    first, last = torch.empty(n), torch.empty(n)
    for fact in range(n):
        # In turn t the list begins with fact t * step, so this fact stands that much earlier.
        by_fifth = torch.empty(turns)
        for turn in range(turns):
            place = (fact - turn * step) % n
            by_fifth[place // step] = scores[turn, place]
        first[fact] = by_fifth[0] - by_fifth[2]
        last[fact] = by_fifth[4] - by_fifth[2]
    return torch.stack([first, last])


def within_cases(seed):
    random = torch.Generator().manual_seed(seed)
    return [
        Case(f"{n} facts in 5 turns", {"scores": -3 * torch.rand(5, n, generator=random)})
        for n in (5, 10, 15, 20)
    ]


def within(scores, sign=-1, swap=False, negate=False, middle=2):
    """Compute the differences with the list turned the way that ``sign`` says."""
    turns, n = scores.shape
    step = n // turns
    fifths = scores.new_zeros(turns, n)
    for turn in range(turns):
        for place in range(n):
            fifths[place // step, (place - sign * turn * step) % n] = scores[turn, place]
    rows = torch.stack([fifths[0] - fifths[middle], fifths[4] - fifths[middle]])
    rows = rows.flip(0) if swap else rows
    return -rows if negate else rows


def within_other_way(scores):
    return within(scores, sign=1)


def within_not_turned(scores):
    return within(scores, sign=0)


def within_exchanged(scores):
    return within(scores, swap=True)


def within_negative(scores):
    return within(scores, negate=True)


def within_second_fifth(scores):
    return within(scores, middle=1)


def within_fourth_fifth(scores):
    return within(scores, middle=3)


def within_turns_as_fifths(scores):
    return torch.stack([scores[0] - scores[2], scores[4] - scores[2]])


def within_step_of_one(scores):
    undone = torch.stack([scores[turn].roll(turn) for turn in range(len(scores))])
    return torch.stack([undone[0] - undone[2], undone[4] - undone[2]])


def within_a_turn(scores):
    blocks = scores.reshape(5, 5, -1)  # (turn, fifth, place in it)
    return torch.stack([blocks[:, 0] - blocks[:, 2], blocks[:, 4] - blocks[:, 2]]).flatten(1)


WITHIN = Exercise(
    id="lost-in-the-middle.within_facts",
    title="Compare each fact with itself",
    asks=("ends_minus_middle",),
    reference=ends_minus_middle,
    cases=within_cases,
    points=4,
    difficulty=3,
    importance=4,
    minutes=20,
    mistakes=(
        Mistake(
            "lists turned the other way",
            within_other_way,
            "In turn 1 the list begins with fact `step`, so fact 0 stands at place n − step: "
            "facts move towards the front. Yours move the other way.",
        ),
        Mistake(
            "places taken for facts",
            within_not_turned,
            "You took the number of a place for the number of a fact. That is right in turn 0 "
            "only; in turn t, place p holds fact p + t · step.",
        ),
        Mistake(
            "rows exchanged",
            within_exchanged,
            "First minus middle belongs in row 0, last minus middle in row 1.",
        ),
        Mistake(
            "middle minus ends",
            within_negative,
            "Your signs are turned round: an end that is better than the middle is positive.",
        ),
        Mistake(
            "another fifth for the middle",
            within_second_fifth,
            "Of five fifths, 0 to 4, the middle one is number 2.",
            variants=(within_fourth_fifth,),
        ),
        Mistake(
            "turns taken for fifths",
            within_turns_as_fifths,
            "You subtracted one *turn* from another. Which fifth a fact stands in depends on the "
            "turn and on the fact.",
        ),
        Mistake(
            "differences within a turn",
            within_a_turn,
            "You subtracted the fifths of one turn from each other. In one turn they hold "
            "*different* facts; one fact stands in the first fifth and in the middle in two "
            "different turns.",
        ),
        Mistake(
            "turned by one place",
            within_step_of_one,
            "Each turn shifts the list by a fifth of its length, not by one place; and the fifths "
            "are those of places, not of turns.",
        ),
    ),
    hints=(
        "Where does fact 0 stand in turn 1, if that list begins with fact `step`? Write down the "
        "five orders of five facts.",
        "Fact f stands in turn t at place `(f - t * step) % n`, which lies in fifth "
        "`place // step`. Collect its five scores by fifth, then subtract.",
    ),
    symptoms=(
        ("result is right for 5 facts only", "The shift is `step`, not 1."),
        ("first row of one fact looks like the last of another", "The list turns the other way."),
    ),
    covered="5, 10, 15 and 20 facts",
    next_step="`lost-in-the-middle.interval`: how sure is the mean?",
    why="Some facts are easier than others. In rotations each stands once in every fifth, so the "
    "difference between fifths is taken within a fact, and what is easy about it cancels exactly.",
)

# --- lost-in-the-middle.interval -----------------------------------------------------------------


def bootstrap_interval(differences, draws):
    """Return the 95 % interval (low, high) of the mean, from the given draws."""
    means = differences[draws].mean(dim=1)
    return means.quantile(torch.tensor([0.025, 0.975]))


def interval_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def case(name, n, draws, shift=0.0):
        values = torch.randn(n, generator=random) + shift
        drawn = torch.randint(n, (draws, n), generator=random)
        return Case(name, {"differences": values, "draws": drawn})

    return [
        case("6 differences, 41 draws", 6, 41),
        case("12 differences, 200 draws", 12, 200, shift=1.0),
        case("20 differences below zero, 81 draws", 20, 81, shift=-2.0),
        case("2 differences, 10 draws", 2, 10),
    ]


def ends_of(means, low=0.025, high=0.975):
    return means.quantile(torch.tensor([low, high]))


def interval_of_data(differences, draws):
    return ends_of(differences)


def interval_of_all_drawn(differences, draws):
    return ends_of(differences[draws].flatten())


def interval_ninety(differences, draws):
    return ends_of(differences[draws].mean(dim=1), 0.05, 0.95)


def interval_ninety_five_above(differences, draws):
    return ends_of(differences[draws].mean(dim=1), 0.05, 1.0)


def interval_over_draws(differences, draws):
    return ends_of(differences[draws].mean(dim=0))


def interval_of_medians(differences, draws):
    return ends_of(differences[draws].median(dim=1).values)


def interval_range(differences, draws):
    means = differences[draws].mean(dim=1)
    return torch.stack([means.min(), means.max()])


def interval_normal(differences, draws):
    means = differences[draws].mean(dim=1)
    reach = 1.96 * means.std()
    return torch.stack([differences.mean() - reach, differences.mean() + reach])


def interval_deviation(differences, draws):
    reach = 1.96 * differences.std()
    return torch.stack([differences.mean() - reach, differences.mean() + reach])


def interval_formula(differences, draws):
    reach = 1.96 * differences.std() / math.sqrt(len(differences))
    return torch.stack([differences.mean() - reach, differences.mean() + reach])


def interval_exchanged(differences, draws):
    return bootstrap_interval(differences, draws).flip(0)


INTERVAL = Exercise(
    id="lost-in-the-middle.interval",
    title="How sure is the mean?",
    asks=("bootstrap_interval",),
    reference=bootstrap_interval,
    cases=interval_cases,
    points=3,
    difficulty=2,
    importance=4,
    minutes=15,
    mistakes=(
        Mistake(
            "quantiles of the measurements",
            interval_of_data,
            "That is where 95 % of single *measurements* lie. The question is how far their "
            "*mean* would move: take the mean of every draw first.",
            variants=(interval_of_all_drawn,),
        ),
        Mistake(
            "90 % for 95 %",
            interval_ninety,
            "You cut off 5 % at each end, which leaves 90. For 95 % cut off 2.5 % at each.",
        ),
        Mistake(
            "cut off at one end only",
            interval_ninety_five_above,
            "You cut off at one end only. The middle 95 % leave out 2.5 % at each end.",
        ),
        Mistake(
            "mean over the draws",
            interval_over_draws,
            "You averaged over the draws. Each row of `draws` is one draw: take the mean along it.",
        ),
        Mistake(
            "medians for means",
            interval_of_medians,
            "You took the median of each draw; the interval is for the mean.",
        ),
        Mistake(
            "smallest and largest mean",
            interval_range,
            "You took the smallest and the largest mean. These grow apart with more draws; take "
            "quantiles.",
        ),
        Mistake(
            "a bell curve laid over it",
            interval_normal,
            "You laid a bell curve over the means (1.96 deviations). The bootstrap needs no bell: "
            "take the quantiles of the means themselves.",
            variants=(interval_formula,),
        ),
        Mistake(
            "spread of the measurements",
            interval_deviation,
            "1.96 deviations of single measurements say where measurements lie, not where their "
            "mean does; and the draws go unused.",
        ),
        Mistake("ends exchanged", interval_exchanged, "The lower end comes first."),
    ),
    hints=(
        "`differences[draws]` has one row for each draw. What do you do with a row?",
        "The means of the rows, then `quantile` at 0.025 and 0.975.",
    ),
    symptoms=(
        ("interval hardly narrows with more measurements", "It is one of measurements, not means."),
        ("result has as many numbers as measurements", "The mean ran over the draws."),
    ),
    covered="2 to 20 differences, 10 to 200 draws, means above and below zero",
    next_step="`lost-in-the-middle.reversed`: predict, then look.",
    why="Drawing one's own measurements again, with replacement, imitates drawing new ones. What "
    "the mean does from draw to draw is what it would do from experiment to experiment, as far as "
    "these measurements can tell. Which units are drawn matters: we draw facts, not questions.",
)

# --- lost-in-the-middle.reversed -----------------------------------------------------------------


def settle_reversed(measured):
    """Read off the run what a list told backwards does to the curve.

    Args:
        measured: ``"as told"`` and ``"backwards"``: 20 scores by place, of the same facts in both
            orders.
    """
    rows = [["order", "first fifth", "middle fifth", "last fifth"]]
    first, middle, last = {}, {}, {}
    for order, scores in measured.items():
        first[order], middle[order], last[order] = (
            sum(scores[at : at + 4]) / 4 for at in (0, 8, 16)
        )
        rows.append([order, *(f"{of[order]:.2f}" for of in (first, middle, last))])
    ends_above = all(min(first[o], last[o]) > middle[o] + 0.2 for o in measured)
    if not ends_above:
        return "d", rows
    better_start = [first[order] > last[order] for order in ("as told", "backwards")]
    if all(better_start):
        return "b", rows
    return ("c" if not any(better_start) else "a"), rows


REVERSED = Prediction(
    id="lost-in-the-middle.reversed",
    title="The list backwards",
    points=3,
    difficulty=4,
    importance=4,
    minutes=20,
    question="SmolLM2 is told the chapter's list of twenty facts: both ends are recalled better "
    "than the middle, the first end best. Now the same facts are told in reversed order, and each "
    "is asked for as before. What does the curve over the *places* look like?",
    choices={
        "a": "Turned round: the last end is best now, since the facts that were first stand there.",
        "b": "The same shape as before: both ends above the middle, the first end best.",
        "c": "Both ends above the middle, the last end best in either order.",
        "d": "No U any more.",
    },
    settle=settle_reversed,
    hints=(
        "What stays with the fact when it moves, and what stays with the place? The chapter's "
        "rotations were built to tell them apart.",
        "In rotations each fact stood in every fifth, and the ends were above the middle within "
        "facts. What would have come out if the curve belonged to the facts?",
    ),
    symptoms=(
        (
            "prediction was wrong",
            "Good: it is written down, and the points are yours. Was it about facts or places?",
        ),
        (
            "two curves look unlike all the same",
            "Single lists are noisy: some facts are easy wherever they stand. Compare fifths.",
        ),
    ),
    rubric=(
        "The control changes one thing: the place of the asked fact stays, and so do the length "
        "and the question; what is exchanged (the order of the other facts, their number, or "
        "their likeness to the asked one) is named.",
        "It says what would count against the claim: a result that the author would have to "
        "accept as *it is not the place*, with a number or a sign.",
    ),
    why="The curve keeps its shape: it belongs to the places. That the two curves are not equal "
    "point by point belongs to the facts, whose own ease travels with them; in a single list that "
    "noise is as large as the effect of some places, which is why the chapter uses rotations.",
)

EXERCISES = [ANSWER, CACHE, WITHIN, INTERVAL, REVERSED]
