"""The exercises of the week *backpropagation*, as the course judges them.

A gradient is called ``d_…``: the rate of the loss by what the dots name, of the same shape.
"""

import torch

from paperclub.exercises import Case, Exercise, Mistake, Prediction

# --- backpropagation.local_slopes ----------------------------------------------------------------


def local_slopes(w, x, b):
    """Return the slopes of y = sigmoid(w * x + b) by w, by x and by b."""
    y = torch.sigmoid(w * x + b)
    through_sigmoid = y * (1 - y)
    return torch.stack([through_sigmoid * x, through_sigmoid * w, through_sigmoid])


def slopes_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def some(n, size=1.5):
        return torch.randn(n, generator=random) * size

    whole = torch.tensor
    return [
        Case("w = 1, x = 2, b = -1", {"w": whole([1.0]), "x": whole([2.0]), "b": whole([-1.0])}),
        Case("4 units", {"w": some(4), "x": some(4), "b": some(4)}),
        Case("an input of 0", {"w": some(2), "x": whole([0.0, 1.0]), "b": some(2)}),
        Case("a weight of 0", {"w": whole([0.0, 2.0]), "x": some(2), "b": some(2)}),
        Case("z of about 4", {"w": some(3, 0.1) + 2, "x": some(3, 0.1) + 2, "b": some(3, 0.2)}),
        Case("z of about -4", {"w": some(3, 0.1) + 2, "x": some(3, 0.1) - 2, "b": some(3, 0.2)}),
    ]


def slopes_with(through, rows=lambda t, w, x: (t * x, t * w, t)):
    """Slopes whose factor for the sigmoid, or whose rows, are another one."""

    def answer(w, x, b):
        return torch.stack(rows(through(w * x + b), w, x))

    return answer


def sigmoid_slope(z):
    y = torch.sigmoid(z)
    return y * (1 - y)


def slopes_in_place(w, x, b):
    answer = local_slopes(w, x, b)
    w *= x
    w += b
    return answer


LOCAL_SLOPES = Exercise(
    id="backpropagation.local_slopes",
    title="What one unit knows by itself",
    asks=("local_slopes",),
    reference=local_slopes,
    cases=slopes_cases,
    points=2,
    difficulty=1,
    importance=4,
    minutes=10,
    mistakes=(
        Mistake(
            "sigmoid left out",
            slopes_with(torch.ones_like),
            "These are the slopes of w · x + b, before the sigmoid. The sigmoid has a slope of its "
            "own, and rates along a path multiply.",
        ),
        Mistake(
            "the sigmoid's value for its slope",
            slopes_with(torch.sigmoid),
            "You multiplied by y, the sigmoid's value. What is wanted is its slope: how fast y "
            "changes when z changes. For the sigmoid it can be written with y alone.",
        ),
        Mistake(
            "the slope's formula, taken at z",
            slopes_with(lambda z: z * (1 - z)),
            "s(1 − s) is right when s is what comes *out* of the sigmoid. You put in z, what goes "
            "in.",
        ),
        Mistake(
            "the slope's formula, taken at its own value twice",
            slopes_with(lambda z: sigmoid_slope(torch.sigmoid(z))),
            "You took the sigmoid's slope at y. It belongs to z: the sigmoid of z is y already, so "
            "the slope is y(1 − y), with no second sigmoid.",
        ),
        Mistake(
            "w and x exchanged",
            slopes_with(sigmoid_slope, lambda t, w, x: (t * w, t * x, t)),
            "In a product, the slope by one factor is the *other* factor: when w grows by 1, w · x "
            "grows by x.",
        ),
        Mistake(
            "slope by b without the sigmoid",
            slopes_with(sigmoid_slope, lambda t, w, x: (t * x, t * w, torch.ones_like(t))),
            "z grows by 1 for each unit of b; that is one step of the path. From z to y there is "
            "another one.",
        ),
        Mistake(
            "slope by b of 0",
            slopes_with(sigmoid_slope, lambda t, w, x: (t * x, t * w, torch.zeros_like(t))),
            "b stands alone, but it does matter: when it grows by 1, z grows by 1. A constant has "
            "slope 0; b is no constant here.",
        ),
        Mistake(
            "another order",
            slopes_with(sigmoid_slope, lambda t, w, x: (t * x, t, t * w)),
            "The three rows are right but stand in another order. It is w, x, b, as in the "
            "arguments.",
            variants=(slopes_with(sigmoid_slope, lambda t, w, x: (t, t * x, t * w)),),
        ),
        Mistake(
            "inputs changed in place",
            slopes_in_place,
            "The result is right, but an input was changed on the way: `*=` and `+=` write into "
            "the caller's own tensor. Use `w * x + b`, which makes a new one.",
        ),
    ),
    hints=(
        "Two steps: z = w · x + b, then y = sigmoid(z). By how much does z change for each unit of "
        "w, of x, of b? By how much does y change for each unit of z? Multiply along the path.",
        "The slope of the sigmoid is y(1 − y), with y its value. By w the path is x · y(1 − y). "
        "`torch.stack` puts three tensors of shape (n,) into one of shape (3, n).",
    ),
    symptoms=(
        ("slopes are far too large", "The factor of the sigmoid is missing: it is at most 1/4."),
        ("shape is wrong", "One row for each of w, x and b: (3, n)."),
    ),
    covered="single units and several, inputs and weights of 0, and units that are saturated",
    next_step="`backpropagation.graph_gradients`: many nodes, and some that are used twice.",
    why="Every operation knows its own rates and nothing else. Far from 0 the sigmoid is flat: at "
    "z = 6 its slope is 0.0025, so hardly any blame comes through, whatever w and x are. That is "
    "what *saturated* means, and it will come back in every week with a squashing function.",
)

# --- backpropagation.graph_gradients -------------------------------------------------------------


def graph_gradients(edges, slopes, n_nodes):
    """Return the gradient of the last node by every node."""
    gradients = torch.zeros(n_nodes)
    gradients[n_nodes - 1] = 1.0
    for k in reversed(range(len(edges))):
        start, end = edges[k]
        gradients[start] += gradients[end] * slopes[k]
    return gradients


def graph(name, edges, random):
    """A case: a graph with slopes drawn at random, none of them near 0 or 1."""
    slopes = torch.rand(len(edges), generator=random) + 1.2
    signs = torch.randint(2, (len(edges),), generator=random) * 2 - 1
    n_nodes = max(end for _, end in edges) + 1
    inputs = {"edges": torch.tensor(edges), "slopes": slopes * signs, "n_nodes": n_nodes}
    return Case(name, inputs)


def graph_cases(seed):
    random = torch.Generator().manual_seed(seed)
    wide = sorted(
        (start, end)
        for end in range(3, 8)
        for start in torch.randperm(end, generator=random)[:2].tolist()
    )
    return [
        graph("one step", [(0, 1)], random),
        graph("a chain of 4 nodes", [(0, 1), (1, 2), (2, 3)], random),
        graph("two paths from node 0 to node 3", [(0, 1), (0, 2), (1, 3), (2, 3)], random),
        graph("x · x: node 0 is used twice by node 1", [(0, 1), (0, 1), (1, 2)], random),
        graph("node 1 leads to no result", [(0, 1), (0, 2), (2, 3)], random),
        graph("a shared node behind a shared node",
              [(0, 1), (0, 1), (1, 2), (1, 3), (2, 4), (3, 4)], random),
        graph("8 nodes", sorted(wide, key=lambda edge: edge[1]), random),
    ]  # fmt: skip


def graph_with(seed_last=1.0, everywhere=0.0, order=reversed, hand=None):
    """The walk with another start, order, or way of handing a gradient on."""

    def answer(edges, slopes, n_nodes):
        gradients = torch.full((n_nodes,), everywhere)
        gradients[n_nodes - 1] = seed_last
        for (start, end), slope in order(list(zip(edges.tolist(), slopes, strict=True))):
            if hand is None:
                gradients[start] += gradients[end] * slope
            else:
                gradients[start] = hand(gradients[start], gradients[end], slope)
        return gradients

    return answer


def graph_of_first_use(edges, slopes, n_nodes):
    gradients, seen = torch.zeros(n_nodes), set()
    gradients[n_nodes - 1] = 1.0
    for (start, end), slope in reversed(list(zip(edges.tolist(), slopes, strict=True))):
        if start not in seen:
            gradients[start] = gradients[end] * slope
            seen.add(start)
    return gradients


def graph_scattered(edges, slopes, n_nodes):
    gradients = torch.zeros(n_nodes)
    gradients[n_nodes - 1] = 1.0
    for end in range(n_nodes - 1, 0, -1):
        into = edges[:, 1] == end
        gradients[edges[into, 0]] += gradients[end] * slopes[into]
    return gradients


def graph_from_the_front(edges, slopes, n_nodes):
    rates = torch.zeros(n_nodes)
    rates[0] = 1.0
    for (start, end), slope in zip(edges.tolist(), slopes, strict=True):
        rates[end] += rates[start] * slope
    return rates


GRAPH_GRADIENTS = Exercise(
    id="backpropagation.graph_gradients",
    title="Backward through a whole graph",
    asks=("graph_gradients",),
    reference=graph_gradients,
    cases=graph_cases,
    points=3,
    difficulty=2,
    importance=5,
    minutes=20,
    mistakes=(
        Mistake(
            "the last share replaces the others",
            graph_with(hand=lambda mine, theirs, slope: theirs * slope),
            "Where a node is used more than once, only one path was counted. Each path brings a "
            "share, and the shares add up: what does your line do to what was there before?",
        ),
        Mistake(
            "only the first share counts",
            graph_of_first_use,
            "A node that already had a gradient did not take a second share. When a number is used "
            "twice, a small change of it acts twice: the shares add up.",
        ),
        Mistake(
            "a node that is used twice by one operation counts once",
            graph_scattered,
            "In x · x both edges lead from the same node to the same node. "
            "`gradients[places] += …` writes each place once, even if it stands in "
            "`places` twice; a loop, or `index_add_`, adds both.",
        ),
        Mistake(
            "nothing to start from",
            graph_with(seed_last=0.0),
            "All gradients are 0: there is nothing to hand on. What is the rate of the result by "
            "itself?",
        ),
        Mistake(
            "every node starts at 1",
            graph_with(everywhere=1.0),
            "Only the result has a gradient before anything was handed on; all others start at 0. "
            "You started all of them at 1.",
        ),
        Mistake(
            "walked forwards",
            graph_with(order=iter),
            "You handed on gradients in the forward order, when most nodes had not received "
            "theirs yet. A node may hand on only when everything behind it has: walk the list "
            "from its end.",
        ),
        Mistake(
            "rates from the front",
            graph_from_the_front,
            "You have the rates of every node *by node 0*. That is a valid way to differentiate "
            "(forward mode), but it answers for one input only. Wanted are the rates of the last "
            "node by every node.",
        ),
        Mistake(
            "slopes added along the path",
            graph_with(hand=lambda mine, theirs, slope: mine + theirs + slope),
            "Along a path the rates multiply; only where paths meet do they add. Twice as fast and "
            "then three times as fast is six times as fast.",
        ),
    ),
    hints=(
        "Start with zeros for all nodes and a 1 for the last. Then walk the edges from the last to "
        "the first; each hands a share from its end to its start.",
        "The share of an edge is the gradient of its end times its slope, and it is *added* to "
        "what its start has: `gradients[start] += gradients[end] * slope`. "
        "`reversed(range(len(edges)))` counts backwards.",
    ),
    symptoms=(
        ("answer is right for chains only", "A share was written where it should be added."),
        ("gradients are all 0", "The last node's own gradient is 1: start from that."),
        (
            "loop complains of a tensor as an index",
            "`edges.tolist()` gives plain pairs of whole numbers.",
        ),
    ),
    covered="chains, shared nodes, a node used twice by one operation, and one that leads nowhere",
    next_step="`backpropagation.layer_backward`: the same for a whole layer at once.",
    why="This loop is all of autograd's backward pass; what a library adds is a way to record the "
    "edges while you compute. It visits every edge once, so the way back costs about as much as "
    "the way forward, however many inputs there are. The `+=` is the multivariable chain rule, and "
    "the reason why PyTorch *accumulates* into `.grad` until you call `zero_grad`.",
)

# --- backpropagation.layer_backward --------------------------------------------------------------


def layer_backward(x, weight, output, d_output):
    """Return the gradients by x, by weight and by bias of a sigmoid layer."""
    d_z = d_output * output * (1 - output)
    return d_z @ weight, d_z.T @ x, d_z.sum(dim=0)


def layer(name, batch, n_in, n_out, random):
    x = torch.randn(batch, n_in, generator=random)
    weight = torch.randn(n_out, n_in, generator=random)
    output = torch.sigmoid(x @ weight.T + torch.randn(n_out, generator=random))
    d_output = torch.randn(batch, n_out, generator=random)
    return Case(name, {"x": x, "weight": weight, "output": output, "d_output": d_output})


def layer_cases(seed):
    random = torch.Generator().manual_seed(seed)
    return [
        layer("1 example, 2 inputs, 1 unit", 1, 2, 1, random),
        layer("3 examples, 4 inputs, 2 units", 3, 4, 2, random),
        layer("2 examples, 3 inputs, 5 units", 2, 3, 5, random),
        layer("3 examples, 3 inputs, 3 units", 3, 3, 3, random),
        layer("5 examples, 1 input, 2 units", 5, 1, 2, random),
    ]


def layer_with(
    d_z=lambda output, d_output: d_output * output * (1 - output),
    by_x=lambda d_z, weight: d_z @ weight,
    by_weight=lambda d_z, x: d_z.T @ x,
    by_bias=lambda d_z: d_z.sum(dim=0),
):
    """The layer's way back with one of its four lines exchanged."""

    def answer(x, weight, output, d_output):
        inner = d_z(output, d_output)
        return by_x(inner, weight), by_weight(inner, x), by_bias(inner)

    return answer


def layer_in_place(x, weight, output, d_output):
    d_output *= output * (1 - output)
    return d_output @ weight, d_output.T @ x, d_output.sum(dim=0)


LAYER_BACKWARD = Exercise(
    id="backpropagation.layer_backward",
    title="One layer's way back",
    asks=("layer_backward",),
    reference=layer_backward,
    cases=layer_cases,
    points=6,
    difficulty=3,
    importance=5,
    minutes=25,
    mistakes=(
        Mistake(
            "sigmoid left out",
            layer_with(d_z=lambda output, d_output: d_output),
            "The gradients are those of a layer without its sigmoid. `d_output` is the blame "
            "*after* it; before anything else it must go back through the sigmoid (equation 5).",
        ),
        Mistake(
            "the sigmoid's value for its slope",
            layer_with(d_z=lambda output, d_output: d_output * output),
            "You multiplied by the output where the sigmoid's *slope* is wanted: output times "
            "something that vanishes where the output is 1.",
        ),
        Mistake(
            "sigmoid taken twice",
            layer_with(d_z=lambda output, d_output: d_output * sigmoid_slope(output)),
            "`output` has been through the sigmoid already. Its slope is made of `output` itself; "
            "you took a sigmoid of it once more.",
        ),
        Mistake(
            "gradient of the weight transposed",
            layer_with(by_weight=lambda d_z, x: x.T @ d_z),
            "`d_weight` has the shape (in, out), and the weight (out, in). A gradient always has "
            "the shape of what it belongs to. With equal sizes the shape would not tell you.",
        ),
        Mistake(
            "weight not transposed on the way back",
            layer_with(by_x=lambda d_z, weight: d_z @ weight.T),
            "On the way forward an input goes through `weight.T`; on the way back the blame goes "
            "through the other orientation. Write the shapes: (batch, out) @ ? = (batch, in).",
        ),
        Mistake(
            "bias not summed over the batch",
            layer_with(by_bias=lambda d_z: d_z),
            "`d_bias` still has a row for each example. One bias serves all of them, so their "
            "shares add up: its gradient has the shape (out,).",
        ),
        Mistake(
            "bias summed over everything",
            layer_with(by_bias=lambda d_z: d_z.sum()),
            "`d_bias` became one number. Each unit has its own bias: sum over the examples only.",
        ),
        Mistake(
            "bias summed over the units",
            layer_with(by_bias=lambda d_z: d_z.sum(dim=1)),
            "`d_bias` was summed over the units. There is one bias for each unit, and the examples "
            "share it: which axis counts the examples?",
        ),
        Mistake(
            "mean over the batch for the bias",
            layer_with(by_bias=lambda d_z: d_z.mean(dim=0)),
            "The bias's shares are averaged where they should be summed. If the loss is a mean, "
            "that division is in `d_output` already.",
        ),
        Mistake(
            "weight's gradient averaged over the batch",
            layer_with(
                by_weight=lambda d_z, x: d_z.T @ x / len(x), by_bias=lambda d_z: d_z.mean(dim=0)
            ),
            "You divided by the number of examples. `d_output` is the gradient of the loss as it "
            "is; if that loss is a mean, the division has been done once already.",
            variants=(layer_with(by_weight=lambda d_z, x: d_z.T @ x / len(x)),),
        ),
        Mistake(
            "bias of the layer's output, not of z",
            lambda x, weight, output, d_output: (
                *layer_backward(x, weight, output, d_output)[:2],
                d_output.sum(dim=0),
            ),
            "`d_bias` was made from `d_output`. The bias enters before the sigmoid, so the blame "
            "reaches it through the sigmoid, like the weight's.",
        ),
        Mistake(
            "only the first example counts",
            layer_with(by_weight=lambda d_z, x: d_z[:1].T @ x[:1], by_bias=lambda d_z: d_z[0]),
            "Only the first example's share is in the gradients. Every example passed through "
            "these weights; `.T @` adds their shares up, if you leave it all of them.",
        ),
        Mistake(
            "order of the three",
            lambda x, weight, output, d_output: layer_backward(x, weight, output, d_output)[::-1],
            "The three gradients stand in another order than the docstring names: x, weight, bias.",
        ),
        Mistake(
            "d_output changed in place",
            layer_in_place,
            "The result is right, but `d_output` was changed on the way: `*=` writes into the "
            "caller's tensor, and the caller may need it once more. Make a new tensor.",
        ),
    ),
    hints=(
        "First go back through the sigmoid: `d_z` has the shape of the output. From it all three "
        "follow, and the shapes tell you how: (batch, in), (out, in) and (out,).",
        "`d_z = d_output * output * (1 - output)`. Forward was `x @ weight.T`, so `d_x` is `d_z` "
        "times the weight, untransposed. For the weight, `d_z.T @ x` adds up over the examples.",
    ),
    symptoms=(
        (
            "shapes do not fit",
            "Write them down: d_z (batch, out), weight (out, in), x (batch, in). For each of the "
            "three gradients only one product fits.",
        ),
        (
            "answer is right for one example only",
            "Something is averaged, or not summed, over them.",
        ),
        ("answer fits in shape but not in value when sizes are equal", "A transpose is missing."),
    ),
    covered="one example and several, more inputs than units and fewer, equal sizes, and that the "
    "inputs are left as they were",
    next_step="`backpropagation.softmax_cross_entropy`: the layer that most networks end with.",
    why="Three products forward and back are one shape puzzle, and a gradient has the shape of "
    "what it belongs to. The sum over examples comes from the same rule as in the last exercise: "
    "one weight is used once for each example, and shares add up. Handed `d_x` as its own "
    "`d_output`, the layer below does the same: that is all of backpropagation.",
)

# --- backpropagation.softmax_cross_entropy -------------------------------------------------------


def softmax_cross_entropy(logits, labels):
    """Return the mean cross-entropy, and its gradient by the logits."""
    rows = torch.arange(len(labels))
    shifted = logits - logits.max(dim=1, keepdim=True).values
    log_shares = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    loss = -log_shares[rows, labels].mean()
    d_logits = log_shares.exp()
    d_logits[rows, labels] -= 1
    return loss, d_logits / len(labels)


def entropy_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def case(name, batch, classes, size=1.0, shift=0.0):
        logits = torch.randn(batch, classes, generator=random) * size + shift
        labels = torch.randint(classes, (batch,), generator=random)
        return Case(name, {"logits": logits, "labels": labels})

    sure = torch.tensor([[200.0, 0.0, 0.0], [0.0, -200.0, 0.0]])
    return [
        case("1 example, 2 classes", 1, 2),
        case("4 examples, 3 classes", 4, 3),
        case("3 examples, 3 classes", 3, 3),
        case("logits around 1000", 3, 4, shift=1000.0),
        case("logits around -1000", 2, 3, shift=-1000.0),
        Case(
            "sure and wrong: logits 200 apart",
            {"logits": sure + torch.randn(2, 3, generator=random), "labels": torch.tensor([1, 1])},
        ),
    ]


def entropy_from(log_shares, mean=True, grad=None):
    """The loss and its gradient with other shares, or with one of its parts exchanged."""

    def answer(logits, labels):
        rows = torch.arange(len(labels))
        logs = log_shares(logits)
        picked = -logs[rows, labels]
        d_logits = logs.exp()
        d_logits[rows, labels] -= 1
        if grad is not None:
            d_logits = grad(d_logits, logs, labels)
        divisor = len(labels) if mean else 1
        return picked.sum() / divisor, d_logits / divisor

    return answer


def logs_stable(logits, dim=1):
    return torch.log_softmax(logits, dim=dim)


def logs_unstable(logits):
    parts = logits.exp()
    return (parts / parts.sum(dim=1, keepdim=True)).log()


def logs_of_softmax(logits):
    return torch.softmax(logits, dim=1).log()


def logs_of_one_maximum(logits):
    parts = (logits - logits.max()).exp()
    return (parts / parts.sum(dim=1, keepdim=True)).log()


def logs_with_epsilon(logits):
    return (torch.softmax(logits, dim=1) + 1e-9).log()


def entropy_without_epsilon_in_gradient(logits, labels):
    loss, _ = entropy_from(logs_with_epsilon)(logits, labels)
    return loss, softmax_cross_entropy(logits, labels)[1]


def entropy_of_softmax(logits, labels):
    loss, _ = entropy_from(logs_of_softmax)(logits, labels)
    return loss, softmax_cross_entropy(logits, labels)[1]


def gradient_not_averaged(logits, labels):
    loss, d_logits = softmax_cross_entropy(logits, labels)
    return loss, d_logits * len(labels)


def loss_not_averaged(logits, labels):
    loss, d_logits = softmax_cross_entropy(logits, labels)
    return loss * len(labels), d_logits


def entropy_of_base_two(logits, labels):
    loss, d_logits = softmax_cross_entropy(logits, labels)
    return loss / torch.log(torch.tensor(2.0)), d_logits


SOFTMAX_CROSS_ENTROPY = Exercise(
    id="backpropagation.softmax_cross_entropy",
    title="Softmax and cross-entropy, forward and back",
    asks=("softmax_cross_entropy",),
    reference=softmax_cross_entropy,
    cases=entropy_cases,
    points=4,
    difficulty=3,
    importance=4,
    minutes=20,
    mistakes=(
        Mistake(
            "exponential of a large logit",
            entropy_from(logs_unstable),
            "exp(1000) is too large for a 32-bit number, and ∞/∞ is no number. Subtract each row's "
            "largest logit first: softmax does not see what is added to a whole row.",
        ),
        Mistake(
            "logarithm of a share that became 0",
            entropy_from(logs_of_softmax),
            "Where a share is smaller than a 32-bit number can be, it is 0, and its logarithm −∞. "
            "Take the logarithm *on paper* first: log of a share is the logit minus the log of "
            "the sum.",
            variants=(entropy_of_softmax,),
        ),
        Mistake(
            "one maximum for all rows",
            entropy_from(logs_of_one_maximum),
            "You subtract the largest of all logits. A row far below it is left with exponentials "
            "of 0; each row needs its own maximum. (And take the logarithm on paper first.)",
        ),
        Mistake(
            "a small number added before the logarithm",
            entropy_without_epsilon_in_gradient,
            "Adding a small number keeps the logarithm finite and makes it wrong: a network that "
            "is sure and wrong is told a loss of 20 instead of 200. The stable form needs none.",
            variants=(entropy_from(logs_with_epsilon),),
        ),
        Mistake(
            "loss summed over the batch, not averaged",
            loss_not_averaged,
            "The gradient is right, and the loss is the sum over the examples. The docstring asks "
            "for the mean.",
        ),
        Mistake(
            "gradient not divided by the batch",
            gradient_not_averaged,
            "The loss is right. It is a mean over the examples, so each example's gradient is "
            "divided by their number, too.",
        ),
        Mistake(
            "neither is averaged",
            entropy_from(logs_stable, mean=False),
            "Loss and gradient are those of the sum over the examples; the docstring asks for the "
            "mean.",
        ),
        Mistake(
            "gradient without the label",
            entropy_from(logs_stable, grad=lambda d, logs, labels: logs.exp()),
            "The gradient is the softmax itself: it pushes every logit down, the right one, too. "
            "Where does the label enter?",
        ),
        Mistake(
            "gradient with its sign turned",
            entropy_from(logs_stable, grad=lambda d, logs, labels: -d),
            "The gradient points the other way: descending along it would make the right class "
            "less likely. A rate is share minus wanted.",
        ),
        Mistake(
            "gradient of the right class only",
            entropy_from(
                logs_stable,
                grad=lambda d, logs, labels: d * torch.eye(d.shape[1])[labels],
            ),
            "Only the right class's logit got a gradient. The others count as well: raising one of "
            "them takes share away from the right one.",
        ),
        Mistake(
            "softmax over the examples",
            entropy_from(lambda logits: logs_stable(logits, dim=0)),
            "Your columns sum to 1: the examples compete for each class. Each example shares out "
            "over the classes, along dimension 1.",
        ),
        Mistake(
            "logarithm to base 2",
            entropy_of_base_two,
            "The loss is measured in bits. The natural logarithm is meant, as everywhere in this "
            "course: its slope needs no extra factor.",
        ),
    ),
    hints=(
        "Subtract each row's maximum, m. Then log(share) = (logit − m) − log Σ exp(logit − m): no "
        "exponential is large, and no logarithm is taken of 0.",
        "The loss is minus the mean of `log_shares[torch.arange(n), labels]`. The gradient by the "
        "logits is share minus 1 at the right class and share elsewhere, divided by n.",
    ),
    symptoms=(
        ("loss is nan or inf", "An exponential overflowed, or a logarithm met a 0."),
        ("loss is right and the gradient is not", "Share minus wanted, divided by the batch."),
    ),
    covered="one example and several, logits around 1000 and −1000, and a network that is sure and "
    "wrong",
    next_step="`backpropagation.learning_rate`: predict, then run.",
    why="Share minus wanted is the simplest gradient there is, and it does not vanish when the "
    "network is sure and wrong: there it is nearly −1. With a sigmoid and the squared gap the same "
    "place has the factor s(1 − s), nearly 0, and learning stalls. `F.cross_entropy` computes the "
    "same, in the same stable way.",
)

# --- backpropagation.learning_rate ---------------------------------------------------------------


def settle_learning_rate(measured):
    """Read off the run what a rate of 100 does.

    Args:
        measured: For each rate the share right at the end, the best share on the way, and the size
            of the gradient at the end.
    """
    rows = [["rate", "right at the end", "best on the way", "size of the gradient at the end"]]
    rows += [[rate, *(f"{number:.2g}" for number in seen)] for rate, seen in measured.items()]
    right, best, size = measured[max(measured)]
    if size != size or right != right:
        return "d", rows
    if right > 0.9:
        return "a", rows
    if best > 0.9:
        return "b", rows
    return "c", rows


LEARNING_RATE = Prediction(
    id="backpropagation.learning_rate",
    title="A learning rate of 100",
    points=3,
    difficulty=2,
    importance=4,
    minutes=10,
    question="The chapter's network (64 pixels, 30 hidden units, 10 outputs, sigmoids, the squared "
    "gap) learns digits at a rate of 3 and is right on more than 95 of 100. What does it do at a "
    "rate of 100, with the same 30 rounds?",
    choices={
        "a": "It gets there as well, in fewer rounds: steps are larger.",
        "b": "It gets close, then jumps about and loses what it had.",
        "c": "It never gets going: it stays near one in ten, with a gradient of nearly 0.",
        "d": "Its numbers grow without bound until they are no numbers (nan).",
    },
    settle=settle_learning_rate,
    hints=(
        "How far does a weight move in the first step, and what does a sigmoid give for a sum of "
        "50, or of −50?",
        "The slope of a sigmoid is s(1 − s). Put in an s of 0.000001.",
    ),
    symptoms=(
        (
            "prediction was wrong",
            "Good: it is written down, and the points are yours. What did you expect to be large?",
        ),
        ("table shows a gradient like 1e-12", "That is the point: what could move it now?"),
    ),
    rubric=(
        "The first steps are so long that sums far from 0 enter the sigmoids: outputs stand at 0 "
        "or 1, the same for every digit, so one in ten is right.",
        "There the slope s(1 − s) is nearly 0, and every gradient carries it as a factor: no step "
        "leads back, however many rounds follow. Nothing overflows, because a sigmoid never "
        "exceeds 1.",
    ),
    why="The network saturates in its first steps and stays where it was thrown. Nothing explodes: "
    "sigmoids hold every output between 0 and 1, and that is just what flattens them. With ReLU "
    "or without any squashing the same rate would end in nan (choice d); near the edge of what is "
    "possible one sees b. A score of one in ten does not tell which of these happened; the size of "
    "the gradient does.",
)

EXERCISES = [LOCAL_SLOPES, GRAPH_GRADIENTS, LAYER_BACKWARD, SOFTMAX_CROSS_ENTROPY, LEARNING_RATE]
