"""The exercises of the week *pointer-networks*, as the course judges them.

Notation: ``shares[step, input]``; outputs are places 0 … n - 1 of inputs, and END is n, the last.
"""

import functools

import torch

from paperclub.exercises import Case, Exercise, Mistake, Prediction

INF = float("inf")

# --- pointer-networks.pointing -------------------------------------------------------------------


def pointing_shares(e, q, w1, w2, v):
    """Return each step's distribution over the inputs."""
    inner = (e @ w1.T)[None] + (q @ w2.T)[:, None]  # (step, input, d_pointing)
    scores = torch.tanh(inner) @ v  # (step, input)
    return torch.softmax(scores, dim=-1)


def pointing_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(steps, n, d, d_pointing, size=1.0):
        def normal(*shape):
            return torch.randn(*shape, generator=random)

        return {
            "e": normal(n, d),
            "q": normal(steps, d),
            "w1": normal(d_pointing, d) * size,
            "w2": normal(d_pointing, d) * size,
            "v": normal(d_pointing),
        }

    return [
        Case("1 step, 3 inputs, d = 2", inputs(1, 3, 2, 2)),
        Case("2 steps, 3 inputs, d = 2, d_pointing = 4", inputs(2, 3, 2, 4)),
        Case("as many steps as inputs", inputs(4, 4, 3, 5)),
        Case("3 steps, 1 input", inputs(3, 1, 3, 2)),
        Case("3 steps, 7 inputs, d = 8", inputs(3, 7, 8, 6, size=0.5)),
        Case("large weights, where the tanh is nearly 1 or -1", inputs(3, 5, 4, 6, size=3.0)),
    ]


def inner_of(e, q, w1, w2):
    return (e @ w1.T)[None] + (q @ w2.T)[:, None]


def pointing_over_steps(e, q, w1, w2, v):
    return torch.softmax(torch.tanh(inner_of(e, q, w1, w2)) @ v, dim=0)


def pointing_scores_returned(e, q, w1, w2, v):
    return torch.tanh(inner_of(e, q, w1, w2)) @ v


def pointing_without_tanh(e, q, w1, w2, v):
    return torch.softmax(inner_of(e, q, w1, w2) @ v, dim=-1)


def pointing_tanh_outside(e, q, w1, w2, v):
    return torch.softmax(torch.tanh(inner_of(e, q, w1, w2) @ v), dim=-1)


def pointing_weights_swapped(e, q, w1, w2, v):
    return pointing_shares(e, q, w2, w1, v)


def pointing_mixed(e, q, w1, w2, v):
    return pointing_shares(e, q, w1, w2, v) @ e


def pointing_product(e, q, w1, w2, v):
    inner = (e @ w1.T)[None] * (q @ w2.T)[:, None]
    return torch.softmax(torch.tanh(inner) @ v, dim=-1)


def pointing_transposed(e, q, w1, w2, v):
    return pointing_shares(e, q, w1, w2, v).T


POINTING = Exercise(
    id="pointer-networks.pointing",
    title="The pointing distribution",
    asks=("pointing_shares",),
    reference=pointing_shares,
    cases=pointing_cases,
    gradients=("e", "q", "v"),
    points=3,
    difficulty=2,
    importance=5,
    minutes=15,
    mistakes=(
        Mistake(
            "softmax over the steps",
            pointing_over_steps,
            "Your columns sum to 1: each input shares itself out over the steps. At every step it "
            "is the inputs that compete. Which dimension counts them?",
        ),
        Mistake(
            "scores returned",
            pointing_scores_returned,
            "These are the scores u. The answer is a distribution: positive, and each row sums "
            "to 1.",
        ),
        Mistake(
            "no tanh",
            pointing_without_tanh,
            "Without the tanh, what the query brings is the same number for every input of a "
            "step, and softmax does not see that: your rows are all alike, whatever was asked.",
        ),
        Mistake(
            "tanh after the sum",
            pointing_tanh_outside,
            "Your scores lie between -1 and 1, so that no input can win by much. The tanh works "
            "inside, on each of the d_pointing numbers; v comes after it.",
        ),
        Mistake(
            "W1 and W2 swapped",
            pointing_weights_swapped,
            "Both fit in shape, but each has its place: W1 is for the inputs e, W2 for the "
            "queries.",
        ),
        Mistake(
            "inputs mixed",
            pointing_mixed,
            "You went on to mix the inputs by their shares, as attention does. That is the very "
            "step which a pointing network leaves out: here the shares are the answer.",
        ),
        Mistake(
            "product for sum",
            pointing_product,
            "Inside the tanh what comes from the input and what comes from the query are added, "
            "not multiplied.",
        ),
        Mistake(
            "rows are inputs",
            pointing_transposed,
            "The numbers are right and lie on their side: a row should be a step and a column an "
            "input.",
        ),
    ),
    hints=(
        "Every input meets every step: (input, d_pointing) and (step, d_pointing) are to become "
        "(step, input, d_pointing). A dimension of length 1 in the right place, and `+` does it.",
        "`(e @ w1.T)[None]` is (1, input, d_pointing), and `(q @ w2.T)[:, None]` is (step, 1, "
        "d_pointing). Then tanh, then `@ v`, then softmax over the inputs.",
    ),
    symptoms=(
        ("rows are all the same", "The tanh is missing, so the query drops out of the softmax."),
        ("shares are nearly equal", "The tanh stands outside, so that scores stay within ±1."),
        ("shapes do not fit", "`w1` is (d_pointing, d), as `nn.Linear` keeps it: `e @ w1.T`."),
    ),
    covered="one step and several, one input, as many steps as inputs, weights so large that the "
    "tanh is nearly ±1, and gradients to e, q and v",
    next_step="`pointer-networks.masked`: what was chosen is out.",
    why="The sum inside the tanh is what lets the query change *which* input wins: where an input "
    "has driven a unit to its flat end, the query moves it little. Without the tanh the two would "
    "part, and the query's part, equal for all inputs, would vanish in the softmax. Nothing here "
    "has a dimension of n: the same weights point among three inputs and among three hundred.",
)

# --- pointer-networks.masked ---------------------------------------------------------------------


def masked_shares(scores, chosen):
    """Return each step's distribution over the outputs that are left to it."""
    steps, outputs = scores.shape
    shares = torch.zeros_like(scores)
    for step in range(steps):
        left = torch.ones(outputs, dtype=torch.bool)
        left[chosen[:step]] = False
        left[-1] = True  # END
        shares[step, left] = torch.softmax(scores[step, left], dim=0)
    return shares


def masked_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(chosen, outputs, shift=0.0):
        scores = torch.randn(len(chosen), outputs, generator=random) + shift
        # What is chosen has a large score, as it would in a trained network.
        scores[torch.arange(len(chosen)), torch.tensor(chosen)] += 2
        return {"scores": scores, "chosen": torch.tensor(chosen)}

    return [
        Case("1 step, 3 points", inputs([0], 4)),
        Case("3 points: chosen 1, 0, END", inputs([1, 0, 3], 4)),
        Case("3 points, all chosen, then END", inputs([2, 0, 1, 3], 4)),
        Case("5 points: chosen 4, 1, 3, END", inputs([4, 1, 3, 5], 6)),
        Case("5 points; after END the answer goes on with END", inputs([0, 2, 5, 5, 5], 6)),
        Case("4 points, all scores near -50", inputs([3, 1, 4], 5, shift=-50.0)),
        Case("6 points, all scores near 50", inputs([5, 0, 2, 1, 6], 7, shift=50.0)),
    ]


def left_to(chosen, steps, outputs, own=0, only_last=False, ever=False, end=True):
    """A mask (step, output), True where a step may point; each option is a mistake."""
    left = torch.ones(steps, outputs, dtype=torch.bool)
    for step in range(steps):
        gone = chosen if ever else chosen[: step + own]
        left[step, gone[-1:] if only_last else gone] = False
    if end:
        left[:, -1] = True
    return left


def shares_by(mask, hidden=-INF):
    """Masked shares with the mask that ``mask(chosen, steps, outputs)`` gives."""

    def answer(scores, chosen):
        left = mask(chosen, *scores.shape)
        return torch.softmax(scores.masked_fill(~left, hidden), dim=-1)

    return answer


def shares_without_mask(scores, chosen):
    return torch.softmax(scores, dim=-1)


def shares_masked_after(scores, chosen):
    return torch.softmax(scores, dim=-1) * left_to(chosen, *scores.shape)


def shares_masked_after_own(scores, chosen):
    return torch.softmax(scores, dim=-1) * left_to(chosen, *scores.shape, own=1)


def mask_with(**options):
    return lambda chosen, steps, outputs: left_to(chosen, steps, outputs, **options)


def shares_inverted(scores, chosen):
    left = left_to(chosen, *scores.shape)
    return torch.nan_to_num(torch.softmax(scores.masked_fill(left, -INF), dim=-1))


def shares_inverted_with_nan(scores, chosen):
    left = left_to(chosen, *scores.shape)
    return torch.softmax(scores.masked_fill(left, -INF), dim=-1)


MASKED = Exercise(
    id="pointer-networks.masked",
    title="What was chosen is out",
    asks=("masked_shares",),
    reference=masked_shares,
    cases=masked_cases,
    gradients=("scores",),
    points=4,
    difficulty=3,
    importance=5,
    minutes=20,
    mistakes=(
        Mistake(
            "no mask",
            shares_without_mask,
            "A plain softmax: points that an earlier step has chosen still get a share. Where does "
            "`chosen` enter your code?",
        ),
        Mistake(
            "masked after the softmax",
            shares_masked_after,
            "What was chosen gets 0, but the softmax had already given it a share, and what is "
            "left no longer sums to 1. Which score makes softmax itself give 0?",
            variants=(shares_masked_after_own,),
        ),
        Mistake(
            "a step hides its own choice",
            shares_by(mask_with(own=1)),
            "At step i you hide what step i itself chose: the right answer gets a share of 0, and "
            "a loss on it would be infinite. Only what came before a step is out.",
        ),
        Mistake(
            "only the last choice hidden",
            shares_by(mask_with(only_last=True)),
            "You hide what the step just before chose, and all that came earlier is free again. "
            "Once chosen, a point stays out.",
        ),
        Mistake(
            "the whole answer hidden at every step",
            shares_by(mask_with(ever=True)),
            "Your first step already hides what later steps will choose: it knows the future. The "
            "mask grows from step to step.",
        ),
        Mistake(
            "END hidden once it was chosen",
            shares_by(mask_with(end=False)),
            "END is hidden after it has been chosen. It may always come: in a batch, answers that "
            "are over go on with END, and there must be something left to point at.",
        ),
        Mistake(
            "END never allowed",
            shares_by(lambda chosen, *shape: never_end(left_to(chosen, *shape))),
            "The last column is 0 at every step. END is an output like the others, and the only "
            "one that is never out.",
            variants=(shares_by(lambda chosen, *shape: never_end(left_to(chosen, *shape)), -1e9),),
        ),
        Mistake(
            "hidden scores set to 0",
            shares_by(mask_with(), hidden=0.0),
            "A score of 0 is not nothing: exp(0) is 1, and when all other scores are near -50 it "
            "is nearly everything. Which score has the exponential 0?",
        ),
        Mistake(
            "mask inverted",
            shares_inverted,
            "You kept what should be out and hid what should be left.",
            variants=(shares_inverted_with_nan,),
        ),
    ),
    hints=(
        "Make a mask of the scores' shape first, (step, output), and look at it: row 0 hides "
        "nothing, and each row hides what the rows above it chose. Then softmax.",
        "Row by row: `left = torch.ones(outputs, dtype=torch.bool)`, then "
        "`left[chosen[:step]] = False`, then END is allowed again. Scores that are not left become "
        "−∞ by `masked_fill` before the softmax.",
    ),
    symptoms=(
        ("rows do not sum to 1", "The mask came after the softmax."),
        ("loss is infinite", "A step hides its own choice, which is the target of the loss."),
        ("rows hold NaN", "Everything is hidden in that row, END too: softmax of nothing."),
    ),
    covered="a first step with nothing hidden, all points chosen, answers that go on with END, "
    "scores far below and far above 0, and gradients",
    next_step="`pointer-networks.edges`: what the network is to imitate.",
    why="In training all steps are computed at once, each with the mask that it would have met: "
    "that is why a step must not hide its own choice. Masking the scores shares the weight out "
    "anew among what is left; a share that is set to 0 afterwards is simply lost. Dividing by what "
    "is left mends that, and is the same thing.",
)


def never_end(left):
    left[:, -1] = False
    left[:, 0] |= ~left.any(dim=1)  # so that there is something left
    return left


# --- pointer-networks.edges ----------------------------------------------------------------------


def hull_edges(points):
    """Return where the hull runs from one point to another, counter-clockwise."""
    n = len(points)
    is_edge = torch.zeros(n, n, dtype=torch.bool)
    for i in range(n):
        for j in range(n):
            to_j, to_others = points[j] - points[i], points - points[i]
            turns = to_j[0] * to_others[:, 1] - to_j[1] * to_others[:, 0]  # (n,)
            turns[[i, j]] = 1.0  # the two of the edge itself have no say
            is_edge[i, j] = (turns > 0).all()
    return is_edge


def edges_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def uniform(n, low=0.0, size=1.0):
        return {"points": low + size * torch.rand(n, 2, generator=random)}

    return [
        Case("3 points", uniform(3)),
        Case("a square and a point in it", {"points": in_square(random)}),
        Case("5 points", uniform(5)),
        Case("8 points", uniform(8)),
        Case("6 points far from the origin", uniform(6, low=20.0)),
        Case("6 points on both sides of the origin", uniform(6, low=-5.0, size=10.0)),
    ]


def in_square(random):
    corners = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    inside = torch.tensor([[0.35, 0.6]]) + 0.05 * torch.rand(1, 2, generator=random)
    return torch.cat([corners, inside])


def all_turns(points):
    """Turns (from, to, other): positive where other lies left of from -> to."""
    a, b, c = points[:, None, None], points[None, :, None], points[None, None, :]
    ab, ac = b - a, c - a
    return ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0]


def own_ends(n):
    i = torch.arange(n)
    return (i == i[:, None, None]) | (i == i[None, :, None])  # (from, to, other)


def edges_by(good, ends=True, diagonal=False, some=False):
    """Edges where ``good(turns)`` holds for all others (or ``some``)."""

    def answer(points):
        n = len(points)
        hold = good(all_turns(points))
        if some:
            found = (hold & ~own_ends(n)).any(dim=-1)
        else:
            found = (hold | own_ends(n) if ends else hold).all(dim=-1)
        return found if diagonal else found & ~torch.eye(n, dtype=torch.bool)

    return answer


def edges_either_way(points):
    found = hull_edges(points)
    return found | found.T


def edges_from_the_origin(points):
    a, b, c = points[:, None, None], points[None, :, None], points[None, None, :]
    turns = (b[..., 0] * c[..., 1] - b[..., 1] * c[..., 0]) + 0 * a[..., 0]
    found = ((turns > 0) | own_ends(len(points))).all(dim=-1)
    return found & ~torch.eye(len(points), dtype=torch.bool)


def edges_as_numbers(points):
    after = hull_edges(points)
    return torch.where(after.any(dim=1), after.int().argmax(dim=1), -1)


EDGES = Exercise(
    id="pointer-networks.edges",
    title="The edges of a hull",
    asks=("hull_edges",),
    reference=hull_edges,
    cases=edges_cases,
    points=4,
    difficulty=3,
    importance=3,
    minutes=20,
    mistakes=(
        Mistake(
            "clockwise",
            edges_by(lambda turns: turns < 0),
            "Your edges run the other way round: all others lie on their right. Counter-clockwise "
            "the inside is on the left.",
        ),
        Mistake(
            "both directions",
            edges_either_way,
            "Every edge stands in your table twice, there and back. From i to j the others lie on "
            "the left, from j to i on the right: only one of the two is counter-clockwise.",
        ),
        Mistake(
            "the edge's own ends have a say",
            edges_by(lambda turns: turns > 0, ends=False),
            "You find no edges at all. Points i and j themselves lie on the line, so their turn is "
            "0 and not above it: leave them out, or let 0 pass.",
        ),
        Mistake(
            "from a point to itself",
            edges_by(lambda turns: turns >= 0, diagonal=True),
            "Your diagonal is True. From a point to itself there is no direction, every turn is 0, "
            "and so nothing objects: that case must be left out by hand.",
        ),
        Mistake(
            "any for all",
            edges_by(lambda turns: turns > 0, some=True),
            "One point on the left is not enough: an edge of the hull has all others there.",
        ),
        Mistake(
            "directions from the origin",
            edges_from_the_origin,
            "Your turns compare the points as seen from (0, 0). An edge from i is judged as seen "
            "from point i: subtract it from the other two first.",
        ),
        Mistake(
            "next corners returned",
            edges_as_numbers,
            "You return which corner comes next, one number for each point. Asked for is the table "
            "(from, to) of True and False, from which these can be read.",
        ),
    ),
    hints=(
        "For vectors to_j = points[j] − points[i] and to_k = points[k] − points[i], the number "
        "x_j · y_k − y_j · x_k is positive exactly when k lies left of the line from i to j.",
        "Two loops over i and j, and for each pair all turns at once: (n,) numbers. Set those of i "
        "and j themselves to something positive, ask `.all()`, and leave out i = j.",
    ),
    symptoms=(
        ("table is all False", "The two ends of the edge have a turn of 0 and fail the test."),
        ("table is symmetric", "Edges are counted in both directions."),
        ("right near the origin only", "Point i was not subtracted from the others."),
    ),
    covered="a triangle, a square with a point in it, up to 8 points, points far from the origin "
    "and on both sides of it",
    next_step="`pointer-networks.greedy`: how an answer is drawn.",
    why="The sign of the turn is the whole of plane geometry that hulls need: no angles, no roots. "
    "Each edge asks all other points, n³ turns in all, which is slow for large n (a good algorithm "
    "needs n log n) and very quick in one tensor. This table is what the chapter's training "
    "answers are read from, so the network imitates exactly this.",
)

# --- pointer-networks.greedy ---------------------------------------------------------------------


def greedy(scores):
    """Point greedily from the start until END."""
    n = len(scores) - 1
    answer = torch.full((n + 1,), -1)
    left = scores.clone()
    here = n  # the row of the start
    for step in range(n + 1):
        here = int(left[here].argmax())
        answer[step] = here
        if here == n:
            break
        left[:, here] = -INF
    return answer


def greedy_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def table(n, end=0.0):
        scores = torch.randn(n + 1, n + 1, generator=random)
        scores[:, n] += end
        scores[n, n] -= 5  # an answer does not begin with END
        return {"scores": scores}

    def favourites(n):
        """All rows love the same points, so that an answer without a mask goes wrong."""
        scores = table(n, end=-1.0)["scores"]
        scores[:, :n] += 3 * torch.randn(n, generator=random)
        return {"scores": scores}

    return [
        Case("3 points", table(3)),
        Case("1 point", table(1)),
        Case("4 points, END comes late", table(4, end=-2.0)),
        Case("5 points, END never wins before all are used", table(5, end=-20.0)),
        Case("6 points that all rows agree about", favourites(6)),
        Case("8 points that all rows agree about", favourites(8)),
        Case("7 points, END comes early", table(7, end=2.0)),
    ]


def greedy_by(start=None, mask="all", stop=True, keep_end=True, flip=False, lowest=False):
    """Greedy drawing; each option other than the default is a mistake."""

    def answer(scores):
        n = len(scores) - 1
        table, found = scores.T if flip else scores, []
        here = n if start is None else start
        for _ in range(n + 1):
            row = table[here].clone()
            gone = [place for place in found if place != n]
            if mask == "all":
                row[gone] = INF if lowest else -INF
            elif mask == "last":
                row[gone[-1:]] = -INF
            here = int(row.argmin() if lowest else row.argmax())
            found.append(here)
            if stop and here == n:
                break
        if not keep_end and found[-1] == n:
            found.pop()
        return torch.tensor([*found, *[-1] * (n + 1 - len(found))])

    return answer


def greedy_from_one_row(scores):
    """Let every step ask the row of the start."""
    n = len(scores) - 1
    order = scores[n].argsort(descending=True)
    end = int((order == n).nonzero())
    answer = torch.full((n + 1,), -1)
    answer[: end + 1] = order[: end + 1]
    return answer


GREEDY = Exercise(
    id="pointer-networks.greedy",
    title="Drawing an answer, step by step",
    asks=("greedy",),
    reference=greedy,
    cases=greedy_cases,
    points=4,
    difficulty=3,
    importance=4,
    minutes=20,
    mistakes=(
        Mistake(
            "no mask",
            greedy_by(mask="none"),
            "A point comes twice in your answer. Its score must be out of the running, in every "
            "row, once it was chosen.",
        ),
        Mistake(
            "only the last choice hidden",
            greedy_by(mask="last"),
            "You hide where the last step went and nothing else, so the answer comes back to "
            "points that were used earlier.",
        ),
        Mistake(
            "goes on after END",
            greedy_by(stop=False),
            "Your answer has outputs behind END. END ends it: what follows is -1.",
        ),
        Mistake(
            "END left out",
            greedy_by(keep_end=False),
            "The corners are right, but END itself, n, belongs to the answer: a network must learn "
            "to say it.",
        ),
        Mistake(
            "begins at point 0",
            greedy_by(start=0),
            "Your first choice asks the row of point 0. Before there is any corner, it is the row "
            "of the start that is asked: the last one.",
        ),
        Mistake(
            "rows and columns swapped",
            greedy_by(flip=True),
            "You read a column where a row was meant. A row belongs to where the pen is, its "
            "columns to where it may go.",
        ),
        Mistake(
            "every step asks the start",
            greedy_from_one_row,
            "You rank all outputs once, by the row of the start. Each step must ask anew, from "
            "where it now is: that is what makes an answer a path.",
        ),
        Mistake(
            "lowest for highest",
            greedy_by(lowest=True),
            "You take the smallest score of a row. A high score means: point here.",
        ),
    ),
    hints=(
        "Keep two things as you go: where you are (at first the start), and which columns are "
        "still allowed. END's column always is.",
        "On a copy of the scores: `here = n`; then at each step `here = int(left[here].argmax())`, "
        "write it down, stop if it is n, else `left[:, here] = -float('inf')`.",
    ),
    symptoms=(
        ("answer has a point twice", "Its column was not hidden, or in one row only."),
        ("loop never ends", "END's column was hidden, or the stop is missing."),
        ("scores of the caller changed", "The mask was written into `scores`: work on a copy."),
    ),
    covered="one point, END early, late, and only when all points are used, points that all rows "
    "agree about",
    next_step="`pointer-networks.twenty`: a prediction; and `pointer-networks.beam`, which keeps "
    "more than one beginning.",
    why="Greedy drawing never takes a choice back. One wrong corner and the steps after it ask "
    "from a place where the right answer never is. Beam search keeps several beginnings and "
    "compares them as wholes; Section 2.3's network is the same for both. At most n + 1 steps are "
    "needed: when all points are used, only END is left.",
)

# --- pointer-networks.twenty ---------------------------------------------------------------------


def settle_twenty(measured):
    """Read off the run what becomes of hulls with twice as many points as in training.

    Args:
        measured: For each number of points: the share of hulls drawn exactly, and the share of
            single pointings that are right when the true corners before them are given.
    """
    rows = [["points", "hulls exact", "single pointings right"]]
    for n, (exact, single) in measured.items():
        rows.append([n, f"{exact:.2f}", f"{single:.2f}"])
    (exact_10, _), (exact_20, single_20) = measured[10], measured[20]
    if exact_20 < 0.01:
        return "d", rows
    if exact_20 > 0.9 * exact_10:
        return "a", rows
    return ("c" if single_20 > 0.7 else "b"), rows


TWENTY = Prediction(
    id="pointer-networks.twenty",
    title="Twice as many points as ever",
    points=3,
    difficulty=3,
    importance=4,
    minutes=15,
    question="A small pointing network is trained on hulls of 5 to 10 points. Then it gets "
    "problems of 20. Two numbers are taken: the share of hulls that it draws exactly, and the "
    "share of single pointings that are right when it is given the true corners before them. How "
    "do they compare with those for 10 points?",
    choices={
        "a": "Both stay: nothing in the network depends on the number of points.",
        "b": "Far fewer hulls are exact, since single pointings go wrong: at least three in ten.",
        "c": "Far fewer hulls are exact, though more than seven in ten single pointings are right.",
        "d": "No hull of 20 points is exact: it never saw one.",
    },
    settle=settle_twenty,
    hints=(
        "A hull of 20 points has some eight corners, and END. If each pointing is right with "
        "probability p, how often are nine in a row?",
        "0.9 to the power of 9 is about 0.39, and 0.97 to the power of 7 about 0.81.",
    ),
    symptoms=(
        (
            "prediction was wrong",
            "Good: it is written down, and the points are yours. Which of its steps fails?",
        ),
        (
            "two columns seem to contradict each other",
            "One counts pointings, the other whole answers. How many pointings is an answer?",
        ),
    ),
    rubric=(
        "An answer is exact only if every pointing in it is right: with some nine pointings, a "
        "share of 0.9 for each leaves about 0.4 for the whole. A small loss at each step is a "
        "large loss of hulls.",
        "Nothing in the weights depends on the number of points, so it can be asked for 20 at "
        "all. That a network can be applied beyond its training is not yet that it works there: "
        "points stand closer together than it ever saw, and its single pointings get worse, too.",
    ),
    why="No weight belongs to a number, so pointing goes on beyond the sizes of training, and most "
    "single pointings are right there. But a hull is exact only if all of its pointings are, and a "
    "hull of 20 points has more corners than one of 10. Look at both numbers whenever a whole "
    "answer is scored: *exact* alone makes a slow decline look like a cliff, and the share of "
    "single steps makes a useless answer look nearly right.",
)

# --- pointer-networks.beam -----------------------------------------------------------------------


def beam_search(scores, width):
    """Keep the likeliest beginnings at each step, and return the likeliest whole answer."""
    n = len(scores) - 1
    beam = [(0.0, [])]  # (log-probability, outputs)
    for _ in range(n + 1):
        grown = []
        for logp, outputs in beam:
            if n in outputs:  # it has ended, and keeps its place if it is likely enough
                grown.append((logp, outputs))
                continue
            row = scores[outputs[-1] if outputs else n].clone()
            row[outputs] = -INF
            steps = torch.log_softmax(row, dim=0)
            left = [place for place in range(n + 1) if place not in outputs]
            grown += [(logp + float(steps[place]), [*outputs, place]) for place in left]
        beam = sorted(grown, key=lambda kept: kept[0], reverse=True)[:width]
    answer = torch.full((n + 1,), -1)
    answer[: len(beam[0][1])] = torch.tensor(beam[0][1])
    return answer


def beam_by(
    raw=False,
    mask="before",
    product=True,
    mean=False,
    one_each=False,
    first_end=False,
    apart=False,
    worst=False,
    keep_end=True,
):
    """Beam search; each option other than the default is a mistake."""

    def extended(scores, outputs):
        """Each output that may come next, with what it adds to a beginning's worth."""
        n = len(scores) - 1
        row = scores[outputs[-1] if outputs else n].clone()
        if mask == "before":
            row[outputs] = -INF
        gained = row if raw else row.log_softmax(dim=0) if product else row.softmax(dim=0)
        allowed = [p for p in range(n + 1) if mask == "none" or p not in outputs]
        return [(float(gained[place]), place) for place in allowed]

    def worth(kept):
        return kept[0] / len(kept[1]) if mean else kept[0]

    def answer(scores, width):
        n, beam, done = len(scores) - 1, [(0.0, [])], []
        for _ in range(n + 1):
            families = [
                [(value, outputs)]
                if n in outputs
                else [(value + more, [*outputs, p]) for more, p in extended(scores, outputs)]
                for value, outputs in beam
            ]
            if one_each and len(families) > 1:
                families = [[max(family, key=worth)] for family in families]
            grown = sorted(
                (kept for family in families for kept in family), key=worth, reverse=True
            )
            if apart:
                done += [kept for kept in grown[:width] if n in kept[1]]
                grown = [kept for kept in grown if n not in kept[1]]
            beam = grown[:width]
            ended = [kept for kept in beam if n in kept[1]]
            if first_end and ended:
                beam = ended[:1]
                break
            if not beam:
                break
        best = (min if worst else max)(done or beam, key=worth)[1]
        if not keep_end and best[-1] == n:
            best = best[:-1]
        return torch.tensor([*best, *[-1] * (n + 1 - len(best))])

    return answer


def beam_greedy(scores, width):
    return beam_search(scores, 1)


@functools.lru_cache(maxsize=256)  # a telling table may take dozens of tries
def beam_tables(seed):
    """What a case is called, its scores and its width."""
    random = torch.Generator().manual_seed(seed)

    def table(n, end=0.0):
        scores = 1.5 * torch.randn(n + 1, n + 1, generator=random)
        scores[:, n] += end
        scores[n, n] -= 5  # an answer does not begin with END
        return scores

    def crowded():
        """Scores by which an early answer is crowded out by two beginnings that then split up."""
        scores = 0.2 * torch.randn(6, 6, generator=random)
        sure, early, fork, *others = torch.randperm(5, generator=random).tolist()
        start = end = 5
        scores[start] -= 4
        scores[start, [sure, early]] += torch.tensor([5.5, 4.0])
        scores[sure, fork] += 4
        scores[early, end] += 4
        scores[fork, others] += 3
        return scores

    def telling(make, width, *wrong):
        """A table for which all these ways, and the right one, lead to different answers."""
        ways, told = (beam_search, *wrong), set()
        while len(told) < len(ways):
            scores = make()
            told = {tuple(way(scores, width).tolist()) for way in ways}
        return scores, width

    return [
        ("1 point, width 2", table(1), 2),
        ("4 points, width 1", table(4), 1),
        (
            "4 points, width 2, the likeliest first output is a trap",
            *telling(lambda: table(4), 2, beam_greedy),
        ),
        (
            "5 points, width 3, rows of very different size",
            *telling(lambda: table(5), 3, beam_by(raw=True)),
        ),
        (
            "5 points, width 2, much weight on used points",
            *telling(lambda: table(5), 2, beam_by(mask="after")),
        ),
        (
            "5 points, width 3, one beginning has two good ways on",
            *telling(lambda: table(5), 3, ONE_EACH, beam_greedy),
        ),
        (
            "6 points, width 3, a short answer ends first",
            *telling(lambda: table(6, 1.0), 3, FIRST_END),
        ),
        ("5 points, width 2, ended answers hold places", *telling(crowded, 2, APART)),
        ("5 points, width 4, long answers against short", *telling(lambda: table(5, 0.5), 4, MEAN)),
        ("3 points, wider than there are answers", table(3), 40),
    ]


def beam_cases(seed):
    return [
        Case(said, {"scores": scores.clone(), "width": width})
        for said, scores, width in beam_tables(seed)
    ]


ONE_EACH, FIRST_END = beam_by(one_each=True), beam_by(first_end=True)
APART, MEAN = beam_by(apart=True), beam_by(mean=True)


BEAM = Exercise(
    id="pointer-networks.beam",
    title="Beam search: more than one beginning",
    asks=("beam_search",),
    reference=beam_search,
    cases=beam_cases,
    points=4,
    difficulty=5,
    importance=3,
    minutes=35,
    mistakes=(
        Mistake(
            "greedy",
            beam_greedy,
            "Your answer is the greedy one whatever the width is. Where do the second best and "
            "third best beginnings live on from one step to the next?",
        ),
        Mistake(
            "raw scores added",
            beam_by(raw=True),
            "You add up scores as they stand. Scores of different rows are not comparable: a row "
            "may have all its scores high. Each step's distribution sums to 1; take the logarithm "
            "of that.",
        ),
        Mistake(
            "masked after the softmax",
            beam_by(mask="after"),
            "Used points are barred, but only after the softmax, so that a part of the weight is "
            "lost whenever a used point had some. What is left must sum to 1: mask first.",
        ),
        Mistake(
            "no mask",
            beam_by(mask="none"),
            "A point comes twice in your answer. Each beginning has used its own points, and only "
            "these are out for it.",
        ),
        Mistake(
            "probabilities added",
            beam_by(product=False),
            "You add probabilities. That of a whole answer is the product of its steps', and the "
            "logarithm of a product is the sum of the logarithms.",
        ),
        Mistake(
            "each beginning keeps one way on",
            ONE_EACH,
            "You keep the best way on of each beginning. All ways on of all beginnings compete for "
            "the places: one good beginning may take several, and a bad one none.",
        ),
        Mistake(
            "stops at the first END",
            FIRST_END,
            "You return the first answer that ends. Another beginning may still become a likelier "
            "whole; go on until all that are kept have ended.",
        ),
        Mistake(
            "ended answers hold no place",
            APART,
            "You put ended answers aside and give their places to other beginnings. That is done, "
            "too, but here an ended answer keeps its place as long as it is among the likeliest.",
        ),
        Mistake(
            "mean for sum",
            MEAN,
            "You divide by the length. That is a useful trick against short answers, and another "
            "question: asked for is the likeliest answer, so the sum decides.",
        ),
        Mistake(
            "the least likely is returned",
            beam_by(worst=True),
            "Your search keeps the right beginnings, and then returns the wrong one of them. "
            "Log-probabilities are negative: the likeliest is the one nearest to 0.",
        ),
        Mistake(
            "END left out",
            beam_by(keep_end=False),
            "The points are right, but END itself, n, belongs to the answer.",
        ),
    ),
    hints=(
        "Keep a list of pairs (log-probability so far, outputs so far), at first just (0, []). At "
        "each step make one list of all ways on of all pairs, then keep the best of that list.",
        "A pair that has ended goes into the new list as it is. Every other one asks its own row, "
        "with its own outputs set to −∞, through `log_softmax`; each output that is left makes a "
        "new pair. Sort by the first of the pair, take `width`, and do that n + 1 times.",
    ),
    symptoms=(
        ("answer is greedy's", "Only one beginning is kept, or each is replaced by its best way."),
        ("point comes twice", "The mask is missing, or is one mask for all beginnings."),
        ("search never ends", "Ended pairs are made longer: END is the last output of an answer."),
    ),
    covered="width 1, which is greedy drawing, a trap for greedy drawing, answers that end early "
    "and late, and a width at which nothing is ever dropped",
    next_step="the chapter's tours: let your search draw them, and compare lengths.",
    why="Greedy drawing is the width 1. A wider beam follows beginnings that are not the best yet, "
    "so one step that looks good and leads nowhere is survived. All ways on are compared by the "
    "probability of the whole beginning, which is why every step must be a distribution over what "
    "is left *for that beginning*: raw scores of different rows have no common scale. When nothing "
    "is dropped, the search is exhaustive and exact; before that it promises nothing, and a wider "
    "beam can even return a less likely answer. The paper draws its answers in this way (Section "
    "2.3's network needs no change) and for tours lets only valid ones into the beam (Section "
    "4.4).",
)

EXERCISES = [POINTING, MASKED, EDGES, GREEDY, TWENTY, BEAM]
