"""The exercises of the week *relation-networks*, as the course judges them.

Notation: objects are (batch, object, m); a pair is (i, j), in this order, itself with itself too.
"""

import torch

from paperclub.exercises import Case, Exercise, Mistake, Prediction

# --- relation-networks.all_pairs -----------------------------------------------------------------


def all_pairs(objects):
    """Put every object beside every object."""
    n = objects.shape[1]
    first = objects[:, :, None].expand(-1, -1, n, -1)  # (batch, i, j, m): object i
    second = objects[:, None].expand(-1, n, -1, -1)  # (batch, i, j, m): object j
    return torch.cat([first, second], dim=-1)


def pairs_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def objects(*shape):
        # Whole numbers, so that one can be followed from where it was to where it went.
        count = torch.Size(shape).numel()
        return {"objects": torch.randperm(count, generator=random).float().view(shape)}

    return [
        Case("1 scene of 2 objects, 1 number each", objects(1, 2, 1)),
        Case("1 scene of 3 objects, 2 numbers each", objects(1, 3, 2)),
        Case("2 scenes of 3 objects", objects(2, 3, 2)),
        Case("3 scenes of 3 objects, 3 numbers each", objects(3, 3, 3)),
        Case("1 object, paired with itself", objects(2, 1, 3)),
        Case("4 scenes of 6 objects, 9 numbers each", objects(4, 6, 9)),
    ]


def pairs_swapped(objects):
    return all_pairs(objects).transpose(1, 2)


def pairs_with_itself(objects):
    n = objects.shape[1]
    first = objects[:, :, None].expand(-1, -1, n, -1)
    return torch.cat([first, first], dim=-1)


def pairs_of_the_partner_twice(objects):
    n = objects.shape[1]
    second = objects[:, None].expand(-1, n, -1, -1)
    return torch.cat([second, second], dim=-1)


def pairs_once(objects):
    first, second = torch.triu_indices(objects.shape[1], objects.shape[1], 1)
    return torch.cat([objects[:, first], objects[:, second]], dim=-1)


def pairs_once_with_selves(objects):
    first, second = torch.triu_indices(objects.shape[1], objects.shape[1])
    return torch.cat([objects[:, first], objects[:, second]], dim=-1)


def pairs_without_selves(objects):
    batch, n, m = objects.shape
    other = ~torch.eye(n, dtype=torch.bool)
    return all_pairs(objects)[:, other].view(batch, n, n - 1, 2 * m)


def pairs_without_selves_in_a_row(objects):
    return all_pairs(objects)[:, ~torch.eye(objects.shape[1], dtype=torch.bool)]


def pairs_added(objects):
    return objects[:, :, None] + objects[:, None]


def pairs_interleaved(objects):
    pairs = all_pairs(objects)
    first, second = pairs.chunk(2, dim=-1)
    return torch.stack([first, second], dim=-1).flatten(-2)


def pairs_by_view(objects):
    batch, n, m = objects.shape
    first = objects.repeat(1, n, 1).view(batch, n, n, m)
    second = objects.repeat_interleave(n, dim=2).view(batch, n, n, m)
    return torch.cat([first, second], dim=-1)


def pairs_in_a_row(objects):
    return all_pairs(objects).flatten(1, 2)


def pairs_in_a_row_swapped(objects):
    return pairs_swapped(objects).flatten(1, 2)


PAIRS = Exercise(
    id="relation-networks.all_pairs",
    title="All pairs, without a loop",
    asks=("all_pairs",),
    reference=all_pairs,
    cases=pairs_cases,
    points=2,
    difficulty=2,
    importance=5,
    minutes=15,
    mistakes=(
        Mistake(
            "first and second exchanged",
            pairs_swapped,
            "At place [i, j] you have object j first and object i second. Which of the two new "
            "dimensions of size 1 is stretched for object i: the one before it, or the one after?",
        ),
        Mistake(
            "every object beside itself",
            pairs_with_itself,
            "Both halves hold object i: the same `None` was put in twice. For the second half it "
            "has to stand on the other side of the objects.",
            variants=(pairs_of_the_partner_twice,),
        ),
        Mistake(
            "every couple only once",
            pairs_once,
            "You took only the pairs with i < j. The sum of the paper runs over all i and all j: "
            "(red, blue) and (blue, red) are two pairs, and g may write different notes on them.",
            variants=(pairs_once_with_selves,),
        ),
        Mistake(
            "pairs of an object with itself left out",
            pairs_without_selves,
            "The sum runs over all i and all j, and i = j is among them. A pair of an object with "
            "itself is where a question about one object can be answered.",
            variants=(pairs_without_selves_in_a_row,),
        ),
        Mistake(
            "objects added instead of put side by side",
            pairs_added,
            "Broadcasting is right, but a sum of two objects does not tell which number came from "
            "which. g needs both, side by side: 2m numbers.",
        ),
        Mistake(
            "numbers of both objects taken in turn",
            pairs_interleaved,
            "The right numbers, shuffled like cards: one of i, one of j, one of i, … All numbers "
            "of object i come first. Join along the last dimension; do not stack there.",
        ),
        Mistake(
            "numbers repeated where objects should be",
            pairs_by_view,
            "You repeated along the numbers of an object, and a view then cut the run elsewhere. "
            "What must be repeated is whole objects: it is their dimension that grows.",
        ),
        Mistake(
            "all pairs in one row",
            pairs_in_a_row,
            "These are the right pairs, in one row of n · n. Here they stay in a square: one "
            "dimension for i and one for j.",
            variants=(pairs_in_a_row_swapped,),
        ),
    ),
    hints=(
        "Make two tensors of the shape (batch, n, n, m): in one of them every row repeats an "
        "object, in the other every column does. Then put them side by side.",
        "`objects[:, :, None]` has the shape (batch, n, 1, m) and `objects[:, None]` "
        "(batch, 1, n, m). `expand(-1, n, n, -1)` stretches a dimension of size 1 and copies "
        "nothing. `torch.cat(…, dim=-1)` joins.",
    ),
    symptoms=(
        (
            "torch.cat complains about sizes",
            "It does not broadcast. Both tensors must be expanded to (batch, n, n, m) first.",
        ),
        (
            "result is right for one scene only",
            "The batch was mixed up with the objects in a view.",
        ),
        (
            "shapes are right but the values are not",
            "Try numbers that you can follow: `torch.arange(6.0).view(1, 3, 2)`.",
        ),
    ),
    covered="1, 2, 3 and 6 objects, several scenes, as many scenes as objects and numbers",
    next_step="`relation-networks.sum_of_notes`, which judges the pairs.",
    why="`None` makes a dimension of size 1 and `expand` stretches it, so that object i stands in "
    "all of row i and object j in all of column j. Nothing is looped over, and until `cat` nothing "
    "is even copied. Keeping i and j apart, rather than in one row, makes the sum over both easy "
    "to read.",
)

# --- relation-networks.sum_of_notes --------------------------------------------------------------


def sum_of_notes(objects, question, w_1, b_1, w_2, b_2):
    """Judge every pair with the same g, knowing the question, and add the notes up."""
    n = objects.shape[1]
    asked = question[:, None, None].expand(-1, n, n, -1)
    pairs = torch.cat([all_pairs(objects), asked], dim=-1)  # (batch, i, j, 2m + q)
    hidden = torch.relu(pairs @ w_1.T + b_1)
    notes = torch.relu(hidden @ w_2.T + b_2)  # (batch, i, j, d)
    return notes.sum(dim=(1, 2))


def notes_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(batch, n, m, q, d):
        def normal(*shape):
            return torch.randn(*shape, generator=random)

        width = 2 * m + q
        return {
            "objects": normal(batch, n, m),
            "question": normal(batch, q),
            "w_1": normal(d, width) / width**0.5,
            "b_1": normal(d) / 2,
            "w_2": normal(d, d) / d**0.5,
            "b_2": normal(d) / 2,
        }

    return [
        Case("1 scene of 2 objects", inputs(1, 2, 2, 2, 6)),
        Case("2 scenes of 3 objects", inputs(2, 3, 2, 3, 8)),
        Case("as many objects as numbers in a note", inputs(2, 4, 3, 2, 4)),
        Case("1 object", inputs(2, 1, 3, 2, 6)),
        Case("as wide as it is long: 6 numbers in, 6 out", inputs(2, 3, 2, 2, 6)),
        Case("4 scenes of 6 objects", inputs(4, 6, 9, 8, 12)),
    ]


def judged(
    pairs_of=all_pairs, bent=torch.relu, last=torch.relu, add=lambda notes: notes.sum(dim=(1, 2))
):
    """The sum of notes in which one step can be another one."""

    def answer(objects, question, w_1, b_1, w_2, b_2):
        pairs = pairs_of(objects)
        asked = question.view(len(question), *[1] * (pairs.dim() - 2), -1)
        pairs = torch.cat([pairs, asked.expand(*pairs.shape[:-1], -1)], dim=-1)
        return add(last(bent(pairs @ w_1.T + b_1) @ w_2.T + b_2))

    return answer


def over_the_rest(notes):
    return notes.flatten(1, -2).sum(dim=1)


def plain(notes):
    return notes


def notes_not_bent_at_the_end(objects, question, w_1, b_1, w_2, b_2):
    return judged(last=plain)(objects, question, w_1, b_1, w_2, b_2)


def notes_added_before_the_end(objects, question, w_1, b_1, w_2, b_2):
    hidden = judged(last=plain)(objects, question, w_1, b_1, torch.eye(len(w_1)), 0 * b_1)
    return torch.relu(hidden @ w_2.T + b_2)


def notes_without_question(objects, question, w_1, b_1, w_2, b_2):
    return sum_of_notes(objects, 0 * question, w_1, b_1, w_2, b_2)


def notes_with_question_first(objects, question, w_1, b_1, w_2, b_2):
    q = question.shape[1]
    return sum_of_notes(objects, question, w_1.roll(-q, dims=1), b_1, w_2, b_2)


def notes_without_biases(objects, question, w_1, b_1, w_2, b_2):
    return sum_of_notes(objects, question, w_1, 0 * b_1, w_2, 0 * b_2)


def notes_without_second_bias(objects, question, w_1, b_1, w_2, b_2):
    return sum_of_notes(objects, question, w_1, b_1, w_2, 0 * b_2)


def notes_without_first_bias(objects, question, w_1, b_1, w_2, b_2):
    return sum_of_notes(objects, question, w_1, 0 * b_1, w_2, b_2)


def notes_with_w_2_as_it_is(objects, question, w_1, b_1, w_2, b_2):
    return sum_of_notes(objects, question, w_1, b_1, w_2.T, b_2)


def notes_cut_off(objects, question, w_1, b_1, w_2, b_2):
    given = (part.detach() for part in (objects, question, w_1, b_1, w_2, b_2))
    return sum_of_notes(*given)


NOTES = Exercise(
    id="relation-networks.sum_of_notes",
    title="One judge for all pairs",
    asks=("sum_of_notes",),
    reference=sum_of_notes,
    cases=notes_cases,
    gradients=("objects", "question", "w_1", "b_1", "w_2", "b_2"),
    points=5,
    difficulty=3,
    importance=5,
    minutes=25,
    mistakes=(
        Mistake(
            "mean instead of sum",
            judged(add=lambda notes: notes.mean(dim=(1, 2))),
            "You divided by the number of pairs. The formula adds: with a mean, f could not tell "
            "whether one pair in four had something to note or one in a hundred.",
            variants=(
                judged(add=lambda notes: notes.mean(dim=2).sum(dim=1)),
                judged(add=lambda notes: notes.amax(dim=(1, 2))),
            ),
        ),
        Mistake(
            "summed over one of the two only",
            judged(add=lambda notes: notes.sum(dim=1)),
            "One dimension of objects is left: you have a heap of notes for each object. The sum "
            "runs over i and over j, so that one heap is left for each scene.",
            variants=(judged(add=lambda notes: notes.sum(dim=2)),),
        ),
        Mistake(
            "summed over the numbers of a note",
            judged(add=lambda notes: notes.sum(dim=-1)),
            "You added up the numbers within each note, and are left with one number for each "
            "pair. It is pairs that are added, each number of a note with its like.",
            variants=(
                judged(add=lambda notes: notes.sum(dim=(2, 3))),
                judged(add=lambda notes: notes.sum(dim=(1, 3))),
            ),
        ),
        Mistake(
            "summed over the scenes, too",
            judged(add=lambda notes: notes.sum(dim=(0, 1, 2))),
            "The notes of all scenes lie on one heap. Scenes have nothing to do with each other: "
            "dimension 0 stays.",
        ),
        Mistake(
            "no ReLU at the end of g",
            notes_not_bent_at_the_end,
            "The second layer of g is followed by a ReLU as well, before anything is added. "
            "Without it a note may be negative, and notes can cancel each other.",
        ),
        Mistake(
            "no ReLU between the layers",
            judged(bent=plain),
            "Two linear layers with nothing between them are one linear layer, and of that a sum "
            "over pairs sees only sums over objects: no pair is left in it.",
            variants=(judged(bent=plain, last=plain),),
        ),
        Mistake(
            "ReLU after the sum",
            judged(last=plain, add=lambda notes: notes.sum(dim=(1, 2)).relu()),
            "Each note is bent by the ReLU, and then they are added; you added first. A pair with "
            "a negative number now takes away from what the others wrote.",
        ),
        Mistake(
            "added after the first layer",
            notes_added_before_the_end,
            "You added after the first layer, so the second saw the heap and not the notes. All "
            "of g comes before the sum; what reads the heap is f, and comes later.",
        ),
        Mistake(
            "question left out",
            notes_without_question,
            "Your notes do not change with the question. It belongs beside both objects in every "
            "pair: without it the judge does not know what the evening is about.",
        ),
        Mistake(
            "question put first",
            notes_with_question_first,
            "The columns of w_1 belong to object i, object j and the question, in this order.",
        ),
        Mistake(
            "every couple only once",
            judged(pairs_of=pairs_once, add=over_the_rest),
            "Only pairs with i < j were judged. The sum of the paper runs over all i and all j.",
            variants=(judged(pairs_of=pairs_once_with_selves, add=over_the_rest),),
        ),
        Mistake(
            "pairs of an object with itself left out",
            judged(pairs_of=pairs_without_selves, add=over_the_rest),
            "i = j is among the pairs: with a single object there would be nothing to judge at "
            "all.",
        ),
        Mistake(
            "every object beside itself",
            judged(pairs_of=pairs_with_itself),
            "Both halves of a pair hold the same object, so no two different ones are ever seen "
            "together. Does your `all_pairs` pass its check?",
        ),
        Mistake(
            "biases forgotten",
            notes_without_biases,
            "A layer is `x @ w.T + b`; in yours a bias is missing.",
            variants=(notes_without_first_bias, notes_without_second_bias),
        ),
        Mistake(
            "second weight not transposed",
            notes_with_w_2_as_it_is,
            "Weights are laid out as in `nn.Linear`, (out, in), so a layer is `x @ w.T + b`. w_2 "
            "is square, and its shape does not tell you.",
        ),
        Mistake(
            "gradient cut off",
            notes_cut_off,
            "The numbers are right, but no gradient comes back, so g could not learn. Look for "
            "`.detach()`, `.data`, `.item()`, numpy, or a new `torch.tensor(…)`.",
        ),
    ),
    hints=(
        "Four steps: pairs, the question beside each of them, two layers with a ReLU after each, "
        "the sum over i and j. Layers act on the last dimension, whatever stands before it: no "
        "loop is needed.",
        "`question[:, None, None].expand(-1, n, n, -1)` has a question for every pair. After "
        "`torch.cat` a layer is `torch.relu(x @ w.T + b)`, and `sum(dim=(1, 2))` adds over both "
        "objects at once.",
    ),
    symptoms=(
        (
            "shapes do not fit at w_1",
            "w_1 takes 2m + q numbers: object i, object j, question. Was the question joined?",
        ),
        ("result has a dimension too many", "The sum has to run over i and over j."),
        (
            "result is right for one object only",
            "With one object mean and sum, and i and j, are the same.",
        ),
    ),
    covered="1 to 6 objects, several scenes, notes as wide as there are objects, and the gradients "
    "of objects, question and weights",
    next_step="`relation-networks.change_of_order`: a test that your network must pass.",
    why="A linear layer acts on the last dimension, so one call judges all n · n pairs of all "
    "scenes with the same weights; their gradients add up in them, which is what sharing means. "
    "The ReLU at the end makes a note something that is there or not. The sum does not know the "
    "order of what it adds: that is where the network's indifference to order comes from.",
)

# --- relation-networks.change_of_order -----------------------------------------------------------


def change_of_order(network, objects, order):
    """Measure how much a network's outputs change when objects are listed in another order."""
    moved = network(objects[:, order]) - network(objects)
    return moved.abs().max()


def drive_change(answer, objects, order, weight, kind):
    """Hand over a network of a kind: its sum over pairs, or all numbers in one vector."""

    def pairs(x):
        n = x.shape[1]
        both = [x[:, :, None].expand(-1, -1, n, -1), x[:, None].expand(-1, n, -1, -1)]
        width = 2 * x.shape[2]
        return torch.relu(torch.cat(both, dim=-1) @ weight[:, :width].T).sum(dim=(1, 2))

    def flat(x):
        return x.flatten(1) @ weight[:, : x.shape[1] * x.shape[2]].T

    def one_by_one(x):
        # One output for each scene: what is moved in one scene shows in no other.
        return flat(x)[:, :1]

    return answer({"pairs": pairs, "flat": flat, "one": one_by_one}[kind], objects, order)


def change_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(kind, batch, order, m):
        n = len(order)
        objects = torch.randn(batch, n, m, generator=random)
        weight = torch.randn(3, max(n * m, 2 * m), generator=random)
        if kind == "pairs":
            # Whole numbers add up exactly, in whatever order: the answer is 0, not a rounding.
            objects, weight = (3 * objects).round(), (3 * weight).round()
        return {
            "objects": objects,
            "order": torch.tensor(order),
            "weight": weight,
            "kind": kind,
        }

    size = 1 + torch.rand((), generator=random)
    falling = {  # 3 · 2 + 1 becomes 3 · 1 + 2: the only output falls
        "objects": size * torch.tensor([[[2.0], [1.0]]]),
        "order": torch.tensor([1, 0]),
        "weight": torch.tensor([[3.0, 1.0], [0.0, 0.0], [0.0, 0.0]]),
        "kind": "one",
    }
    return [
        Case("a flat network whose only output falls", falling),
        Case("a flat network, 3 objects moved round", inputs("flat", 2, [1, 2, 0], 3)),
        Case("a flat network, 4 objects moved round", inputs("flat", 4, [3, 0, 1, 2], 4)),
        Case("a flat network, another order", inputs("flat", 5, [2, 0, 3, 1, 4], 5)),
        Case("a flat network with one output", inputs("one", 3, [1, 2, 0], 3)),
        Case("one scene", inputs("flat", 1, [2, 0, 1], 3)),
        Case("a network of pairs", inputs("pairs", 3, [1, 2, 0], 3)),
        Case("an order that moves nothing", inputs("flat", 3, [0, 1, 2], 3)),
    ]


def change_of_features(network, objects, order):
    return (network(objects[..., order]) - network(objects)).abs().max()


def change_of_scenes(network, objects, order):
    scenes = torch.arange(len(objects)).roll(1)
    return (network(objects[scenes]) - network(objects)).abs().max()


def change_with_its_sign(network, objects, order):
    return (network(objects[:, order]) - network(objects)).max()


def change_on_average(network, objects, order):
    return (network(objects[:, order]) - network(objects)).abs().mean()


def change_of_the_sum(network, objects, order):
    return (network(objects[:, order]) - network(objects)).abs().sum()


def change_back(network, objects, order):
    return (network(objects[:, order.argsort()]) - network(objects)).abs().max()


def change_of_objects(network, objects, order):
    return (objects[:, order] - objects).abs().max()


def change_of_the_mean(network, objects, order):
    return (network(objects[:, order]).mean() - network(objects).mean()).abs()


def change_against_itself(network, objects, order):
    moved = objects[:, order]
    return (network(moved) - network(moved)).abs().max()


def change_squared(network, objects, order):
    return (network(objects[:, order]) - network(objects)).square().max()


CHANGE = Exercise(
    id="relation-networks.change_of_order",
    title="Does the order matter? A test of your own",
    asks=("change_of_order",),
    reference=change_of_order,
    driver=drive_change,
    cases=change_cases,
    points=3,
    difficulty=2,
    importance=4,
    minutes=15,
    mistakes=(
        Mistake(
            "numbers of an object moved, not objects",
            change_of_features,
            "You exchanged the numbers within each object: its place with its colour. That is "
            "another scene. The order of *objects* is dimension 1.",
        ),
        Mistake(
            "scenes moved, not objects",
            change_of_scenes,
            "You compared one scene with another. The scenes stay where they are; within each, "
            "the objects are listed anew.",
        ),
        Mistake(
            "difference with its sign",
            change_with_its_sign,
            "The largest of the differences may be small while another is large and negative. "
            "Take away the sign first.",
        ),
        Mistake(
            "average instead of the largest",
            change_on_average,
            "An average can hide a single output that changes among many that do not. A test "
            "asks for the worst.",
            variants=(change_of_the_sum,),
        ),
        Mistake(
            "order undone",
            change_back,
            "You put the objects into the order that undoes the given one. `order` says which "
            "object comes first, second, …: use it as an index.",
        ),
        Mistake(
            "inputs compared, not outputs",
            change_of_objects,
            "This is how much the *inputs* moved. Ask the network about both lists, and compare "
            "what it says.",
        ),
        Mistake(
            "means compared",
            change_of_the_mean,
            "You compared two averages over everything. Changes that go both ways cancel in "
            "them; compare output with output.",
        ),
        Mistake(
            "compared with itself",
            change_against_itself,
            "Both sides were asked about the same list, so the difference is 0 for every network. "
            "A test that cannot fail says nothing.",
        ),
        Mistake(
            "squared",
            change_squared,
            "You took the square of the differences. It is the size that is asked for, without "
            "its sign.",
        ),
    ),
    hints=(
        "Ask the network twice: about the objects as they are, and about the same objects in "
        "another order. Then look for the output that differs most.",
        "`objects[:, order]` lists the objects of every scene anew. `.abs().max()` is the largest "
        "size in a tensor.",
    ),
    symptoms=(
        (
            "result is 0 for the flat network",
            "The network was asked about the same list twice, or nothing was moved.",
        ),
        (
            "result is not quite 0 for pairs",
            "A sum in another order rounds otherwise: about 1e-6 in float32. That is why the "
            "chapter asks in float64.",
        ),
    ),
    covered="networks that mind the order and one that does not, several scenes, several orders",
    next_step="`relation-networks.cost`: what the pairs cost.",
    why="Invariance is a statement about outputs, for the same objects in another order, and a "
    "single output that changes refutes it: hence the largest size and no average. Try the test "
    "on something that must fail it; a test that cannot fail says nothing.",
)

# --- relation-networks.cost ----------------------------------------------------------------------


def cost(n, m, q, d):
    """Count the parameters and the operations of a relation network."""
    width = 2 * m + q
    parameters_g = (width * d + d) + (d * d + d)
    parameters_f = (d * d + d) + (d * 2 + 2)
    operations_g = 2 * (width * d + d * d)  # for one pair
    operations_f = 2 * (d * d + d * 2)
    return parameters_g + parameters_f, n * n * operations_g + operations_f


def cost_cases(seed):
    random = torch.Generator().manual_seed(seed)
    q, m = torch.randint(2, 9, (2,), generator=random).tolist()
    return [
        Case("2 objects", {"n": 2, "m": m, "q": q, "d": 5}),
        Case("6 objects, as in the chapter", {"n": 6, "m": 9, "q": 8, "d": 64}),
        Case("12 objects", {"n": 12, "m": 9, "q": 8, "d": 64}),
        Case("1 object", {"n": 1, "m": m, "q": q, "d": 7}),
        Case("5 objects, notes of 32 numbers", {"n": 5, "m": m, "q": q, "d": 32}),
    ]


def both(m, q):
    return 2 * m + q


def counted(pairs=None, per_weight=2, shared=True, takes=both, biases=True, f_once=True):
    """The count in which one thing can be another one."""

    def answer(n, m, q, d):
        count = n * n if pairs is None else pairs(n)
        width = takes(m, q)
        bias = 1 if biases else 0
        parameters_g = (width + bias) * d + (d + bias) * d
        parameters_f = (d + bias) * d + (d + bias) * 2
        operations_g = per_weight * (width * d + d * d)
        operations_f = per_weight * (d * d + 2 * d)
        parameters = (1 if shared else count) * parameters_g + parameters_f
        return parameters, count * operations_g + (1 if f_once else count) * operations_f

    return answer


def cost_other_way_round(n, m, q, d):
    return cost(n, m, q, d)[::-1]


COST = Exercise(
    id="relation-networks.cost",
    title="What all pairs cost",
    asks=("cost",),
    reference=cost,
    cases=cost_cases,
    tolerance=1e-9,
    points=3,
    difficulty=2,
    importance=3,
    minutes=15,
    mistakes=(
        Mistake(
            "as many evaluations as objects",
            counted(pairs=lambda n: n),
            "g runs once for each *pair*, not for each object.",
        ),
        Mistake(
            "every couple counted once",
            counted(pairs=lambda n: n * (n - 1) // 2),
            "You counted n(n − 1)/2 couples. The sum runs over all i and all j, in both orders "
            "and with i = j.",
            variants=(
                counted(pairs=lambda n: n * (n - 1) / 2),
                counted(pairs=lambda n: n * (n + 1) // 2),
                counted(pairs=lambda n: n * n - n),
            ),
        ),
        Mistake(
            "g run only once",
            counted(pairs=lambda n: 1),
            "Your operations do not depend on the number of objects. Parameters are paid once; "
            "every pair pays for an evaluation.",
        ),
        Mistake(
            "parameters for every pair",
            counted(shared=False),
            "That is one judge for each pair. Here all pairs share the same weights: how many are "
            "there to be stored?",
        ),
        Mistake(
            "a multiplication and an addition counted as one",
            counted(per_weight=1),
            "Each weight costs a multiplication *and* an addition: two operations.",
        ),
        Mistake(
            "biases forgotten",
            counted(biases=False),
            "Your operations are right, and so are the weights; each layer has a bias for every "
            "output, too.",
        ),
        Mistake(
            "question forgotten",
            counted(takes=lambda m, q: 2 * m),
            "What g takes in is object i, object j *and* the question.",
        ),
        Mistake(
            "one object instead of two",
            counted(takes=lambda m, q: m + q),
            "What g takes in is two objects: 2m numbers, and the question.",
        ),
        Mistake(
            "f run for every pair",
            counted(f_once=False),
            "f reads the heap, and there is one heap for a scene: it runs once.",
        ),
        Mistake(
            "operations first",
            cost_other_way_round,
            "Both numbers are right, in the other order: parameters first.",
        ),
    ),
    hints=(
        "A linear layer from a to b numbers has a · b weights and b biases. Write down the four "
        "layers, then ask of each how often it runs for one scene.",
        "g goes from 2m + q to d, and from d to d; f from d to d, and from d to 2. g runs n · n "
        "times, f once; a layer costs two operations for each of its weights.",
    ),
    symptoms=(
        (
            "result is half of what is expected",
            "A multiplication and an addition are two operations.",
        ),
        ("parameters grow with n", "They do not: the weights are shared by all pairs."),
    ),
    covered="1 to 12 objects and several widths",
    next_step="`relation-networks.twice_the_objects`: predict, then run.",
    why="Sharing cuts the two costs apart. What must be stored (and learned) does not depend on "
    "the number of objects; what must be computed grows with its square. With six objects of the "
    "chapter, f is hardly 4 % of the work.",
)

# --- relation-networks.twice_the_objects ---------------------------------------------------------


def settle_twice(measured):
    """Read off the run what twelve objects cost instead of six.

    Args:
        measured: For each network ("pairs", "flat") and number of objects (6, 12), as
            ``(name, n)``: parameters, and operations for one scene.
    """
    rows = [["network", "objects", "parameters", "operations"]]
    for (name, n), (parameters, operations) in measured.items():
        rows.append([name, n, f"{parameters:,}", f"{operations:,}"])

    def times(name, place):
        return measured[name, 12][place] / measured[name, 6][place]

    if times("pairs", 0) > 1.5:
        return "d", rows
    if times("pairs", 1) > 3:
        return ("b" if times("flat", 0) < 2.5 else "a"), rows
    return "c", rows


TWICE = Prediction(
    id="relation-networks.twice_the_objects",
    title="From six objects to twelve",
    points=3,
    difficulty=3,
    importance=4,
    minutes=10,
    question="Six objects become twelve; all layers stay 64 wide. What becomes of the relation "
    "network, and what of the flat MLP, which takes all objects as one vector?",
    choices={
        "a": "Pairs: the same parameters, four times the operations. Flat: four times both.",
        "b": "Pairs: the same parameters, about four times the operations. Flat: more of both, "
        "but less than twice as much.",
        "c": "Pairs: the same parameters, twice the operations. Flat: twice both.",
        "d": "Pairs: four times the parameters and the operations. Flat: twice both.",
    },
    settle=settle_twice,
    hints=(
        "Which tensors of each network have a side that depends on the number of objects?",
        "In the relation network none has; but g runs n · n times. In the flat MLP only the first "
        "layer has, and the others stay as they are.",
    ),
    symptoms=(
        (
            "prediction was wrong",
            "Good: it is written down, and the points are yours. Which of the two costs did you "
            "mix up, what is stored or what is computed?",
        ),
    ),
    rubric=(
        "The weights of g are shared by all pairs, so their number does not depend on n; g runs "
        "n² times, and 144 is four times 36. (Not quite four in all: f runs once.)",
        "Of the flat MLP only the first layer takes objects in, so that it alone doubles. It is "
        "cheaper, and it must learn what to do with a pair anew for every two places in its input.",
    ),
    why="Twelve objects make 144 pairs instead of 36: g runs four times as often, with the same "
    "weights. The flat network's first layer doubles and the others stay. So pairs cost operations "
    "and save parameters; what those parameters then learn is another matter, and it is where the "
    "flat network fell to the floor.",
)

EXERCISES = [PAIRS, NOTES, CHANGE, COST, TWICE]
