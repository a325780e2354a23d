"""The exercises of the week *gpt-from-scratch*, as the course judges them.

Tokens are whole numbers: 0 to 255 are bytes, 256 + i is what the i-th merge made. Logits are
(batch, position, vocabulary); a mask is True where a query may look.
"""

from itertools import pairwise

import torch
import torch.nn.functional as F

from paperclub.exercises import Case, Exercise, Mistake, Prediction

# --- gpt-from-scratch.pairs ----------------------------------------------------------------------


def count_pairs(words, counts):
    """Count the pairs of neighbours inside the words."""
    pairs = {}
    for word, count in zip(words, counts, strict=True):
        for pair in pairwise(word):
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs


def merge(tokens, pair, joined):
    """Join every ``pair`` in ``tokens``, from the left."""
    result, i = [], 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == tuple(pair):
            result.append(joined)
            i += 2
        else:
            result.append(tokens[i])
            i += 1
    return result


def drive_pairs(answer, words, counts, tokens, pair, joined):
    """Give the counted pairs as rows (left, right, count) in order, and the merged tokens."""
    import torch

    count, join = answer
    found, merged = count(words, counts), join(tokens, pair, joined)
    if found is not None:
        rows = [[*key, found[key]] for key in sorted(found) if found[key]]
        found = torch.tensor(rows, dtype=torch.long).reshape(-1, 3)
    if merged is not None:
        merged = torch.tensor(merged, dtype=torch.long)
    return {"count_pairs(words, counts)": found, "merge(tokens, pair, joined)": merged}


def pairs_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def word(length, letters=3):
        return torch.randint(97, 97 + letters, (length,), generator=random).tolist()

    def case(name, words, counts, tokens, pair):
        inputs = {"words": words, "counts": counts, "tokens": tokens, "pair": pair}
        return Case(name, inputs | {"joined": 256})

    often = (torch.randperm(6, generator=random) + 2).tolist()
    return [
        case(
            "three of one letter in a row, twice",
            [[97, 97, 97], [97, 98]],
            often[:2],
            [98, 97, 97, 97, 98, 97, 97, 97],
            (97, 97),
        ),
        case(
            "the pair at both ends, and the other way round",
            [[97, 98], [98, 97, 98], [98]],
            often[:3],
            [97, 98, 98, 97, 99, 97, 98],
            (97, 98),
        ),
        case(
            "words of one letter, a pair that is nowhere",
            [[97], [98], []],
            often[3:],
            [97, 99, 97],
            (97, 97),
        ),
        case(
            "tokens of earlier merges",
            [[256, 97, 256], [256, 256]],
            often[2:4],
            [97, 257, 256, 257, 256, 256],
            (257, 256),
        ),
        case("random words", [word(6), word(5), word(7)], often[:3], word(14, 2), (97, 98)),
    ]


def count_across_words(words, counts):
    text = [token for word, count in zip(words, counts, strict=True) for token in word * count]
    return count_pairs([text], [1])


def count_across_different_words(words, counts):
    return count_pairs([[token for word in words for token in word]], [1])


def count_words_once(words, counts):
    return count_pairs(words, [1] * len(words))


def count_pairs_once_a_word(words, counts):
    pairs = {}
    for word, count in zip(words, counts, strict=True):
        for pair in set(pairwise(word)):
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs


def count_without_order(words, counts):
    pairs = {}
    for (left, right), count in count_pairs(words, counts).items():
        pair = (min(left, right), max(left, right))
        pairs[pair] = pairs.get(pair, 0) + count
    return pairs


def count_last_word(words, counts):
    pairs = {}
    for word, count in zip(words, counts, strict=True):
        for pair in pairwise(word):
            pairs[pair] = count
    return pairs


def merge_overlapping(tokens, pair, joined):
    result = []
    for i, token in enumerate(tokens):
        if tuple(tokens[i : i + 2]) == tuple(pair):
            result.append(joined)
        elif i == 0 or tuple(tokens[i - 1 : i + 1]) != tuple(pair):
            result.append(token)
    return result


def merge_keeping_the_second(tokens, pair, joined):
    return [
        joined if tuple(tokens[i : i + 2]) == tuple(pair) else token
        for i, token in enumerate(tokens)
    ]


def merge_from_the_right(tokens, pair, joined):
    return merge(tokens[::-1], tuple(pair)[::-1], joined)[::-1]


def merge_first_only(tokens, pair, joined):
    for i in range(len(tokens) - 1):
        if tuple(tokens[i : i + 2]) == tuple(pair):
            return [*tokens[:i], joined, *tokens[i + 2 :]]
    return list(tokens)


def merge_losing_the_last(tokens, pair, joined):
    result, i = [], 0
    while i < len(tokens) - 1:
        found = tuple(tokens[i : i + 2]) == tuple(pair)
        result.append(joined if found else tokens[i])
        i += 2 if found else 1
    return result


def merge_either_order(tokens, pair, joined):
    result, i = [], 0
    while i < len(tokens):
        found = sorted(tokens[i : i + 2]) == sorted(pair)
        result.append(joined if found else tokens[i])
        i += 2 if found else 1
    return result


PAIRS = Exercise(
    id="gpt-from-scratch.pairs",
    title="Counting pairs, and joining one",
    asks=("count_pairs", "merge"),
    reference=(count_pairs, merge),
    driver=drive_pairs,
    cases=pairs_cases,
    points=4,
    difficulty=2,
    importance=5,
    minutes=15,
    mistakes=(
        Mistake(
            "pairs across words",
            (count_across_words, merge),
            "Some of your pairs consist of the end of one word and the beginning of another. The "
            "paper does not join across the border between words: count inside each word by "
            "itself.",
            variants=((count_across_different_words, merge),),
        ),
        Mistake(
            "number of each word ignored",
            (count_words_once, merge),
            "Each word stands in `words` once, and `counts` says how often it stood in the text. "
            "A pair inside it was seen that many times.",
        ),
        Mistake(
            "each pair once a word",
            (count_pairs_once_a_word, merge),
            "A pair may stand several times in one word: (a, a) twice in “aaa”. A set forgets "
            "that.",
        ),
        Mistake(
            "order inside the pair ignored",
            (count_without_order, merge),
            "(a, b) and (b, a) are different pairs: “ab” and “ba” will be different tokens.",
            variants=((count_pairs, merge_either_order), (count_without_order, merge_either_order)),
        ),
        Mistake(
            "last count wins",
            (count_last_word, merge),
            "When a pair is met again, its count should grow; yours is replaced.",
        ),
        Mistake(
            "overlapping pairs",
            (count_pairs, merge_overlapping),
            "In “aaa” the pair (a, a) stands twice, but the letter in the middle can be used up "
            "only once. After a join, go on *behind* both of its tokens.",
        ),
        Mistake(
            "second token left standing",
            (count_pairs, merge_keeping_the_second),
            "Where you join, two tokens should become one. Yours puts the new token in place of "
            "the first and leaves the second where it was.",
        ),
        Mistake(
            "joined from the right",
            (count_pairs, merge_from_the_right),
            "Where pairs overlap, as in “aaa”, it matters at which end you begin. Begin at the "
            "left, as the paper's code does.",
        ),
        Mistake(
            "only the first pair joined",
            (count_pairs, merge_first_only),
            "The pair may stand in several places, and all of them are to be joined.",
        ),
        Mistake(
            "last token lost",
            (count_pairs, merge_losing_the_last),
            "Your loop ends one token early: a last token that is no part of a pair is missing "
            "from the result.",
        ),
    ),
    hints=(
        "For counting: each word by itself, its neighbours two by two, and the word's count added "
        "for each. For joining: walk from the left with an index of your own, since a `for` "
        "cannot step over two.",
        "`itertools.pairwise(word)` gives the neighbours. In `merge`, "
        "`tuple(tokens[i : i + 2]) == pair` asks the question also at the very end, where the "
        "slice is shorter. Then go on by 2, otherwise by 1.",
    ),
    symptoms=(
        (
            "vocabulary has tokens with a space in the middle",
            "Pairs were counted across words.",
        ),
        (
            "text gets longer when it is joined",
            "The second token of a pair is still there after the join.",
        ),
    ),
    covered="runs of one letter, pairs at both ends, pairs the other way round, words of one "
    "letter or none, tokens that earlier merges made",
    next_step="`gpt-from-scratch.encode`.",
    why="Learning byte pairs is these two functions in a loop: count, take the most frequent, "
    "join it everywhere, begin again. Joining goes from the left and never uses a token twice, so "
    "that everybody who joins the same pair gets the same tokens. Borders between words are kept "
    "by counting inside words alone; for speed each word is handled once, with its number.",
)

# --- gpt-from-scratch.encode ---------------------------------------------------------------------


def encode(text, merges):
    """Turn text into tokens: bytes, joined in the order in which the merges were learned."""
    tokens = list(text.encode())
    for i, pair in enumerate(merges):
        tokens = merge(tokens, pair, 256 + i)
    return tokens


def decode(tokens, merges):
    """Turn tokens back into text; bytes that make no character become U+FFFD."""
    return spell(tokens, merges).decode("utf-8", "replace")


def spell(tokens, merges):
    """Return the bytes of the tokens."""
    spelling = [bytes([byte]) for byte in range(256)]
    for left, right in merges:
        spelling.append(spelling[left] + spelling[right])
    return b"".join(spelling[token] for token in tokens)


def drive_encode(answer, text, merges, tokens):
    """Give the tokens of a text, and the code points of the text that tokens spell."""
    import torch

    there, back = answer
    found, spelled = there(text, merges), back(tokens, merges)
    if found is not None:
        found = torch.tensor(found, dtype=torch.long)
    if spelled is not None:
        spelled = torch.tensor([ord(letter) for letter in spelled], dtype=torch.long)
    return {"encode(text, merges)": found, "code points of decode(tokens, merges)": spelled}


MERGES = [
    (104, 101),  # 256 "he"
    (116, 104),  # 257 "th"
    (256, 110),  # 258 "hen"
    (97, 97),  # 259 "aa"
    (195, 169),  # 260 "é"
    (259, 259),  # 261 "aaaa"
    (116, 258),  # 262 "then"
    (101, 116),  # 263 "et"
]


def encode_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def some(letters, length):
        places = torch.randint(len(letters), (length,), generator=random).tolist()
        return "".join(letters[place] for place in places)

    def case(name, text, tokens, merges=MERGES):
        return Case(name, {"text": text, "merges": merges, "tokens": tokens})

    mixed = some("ethn", 12) + "then" + some("ahe", 5)
    shuffled = torch.randint(264, (5,), generator=random).tolist()
    return [
        case("then, the, het", "then the hen het eth", [262, 32, 257, 32, 256, 110]),
        case("no merges", "hé", [104, 195, 169], merges=[]),
        case("a run of one letter", "aaaaaaa" + some("ab", 4), [261, 259, 97]),
        case("other scripts, emoji", "café Ж 猫 🙂", list("Ж猫🙂".encode())),
        case("é, whose two bytes one merge joins", "né é", [110, 260, 32, 195, 169]),
        case("cut within a character", "a", [97, 240, 159, 258, 195]),
        case("no text", "", []),
        case("random letters", mixed, encode(mixed, MERGES) + shuffled),
    ]


def encode_longest_first(text, merges):
    tokens, spelling = [], {spell([256 + i], merges): 256 + i for i in range(len(merges))}
    data = text.encode()
    while data:
        best = max((w for w in spelling if data.startswith(w)), key=len, default=data[:1])
        tokens.append(spelling.get(best, data[0]))
        data = data[len(best) :]
    return tokens


def encode_from_the_left(text, merges):
    made = {tuple(pair): 256 + i for i, pair in enumerate(merges)}
    tokens = list(text.encode())
    while pair := next((pair for pair in pairwise(tokens) if pair in made), None):
        tokens = merge_first_only(tokens, pair, made[pair])
    return tokens


def encode_last_learned_first(text, merges):
    rank = {tuple(pair): i for i, pair in enumerate(merges)}
    tokens = list(text.encode())
    while known := [pair for pair in pairwise(tokens) if pair in rank]:
        pair = max(known, key=rank.get)
        tokens = merge(tokens, pair, 256 + rank[pair])
    return tokens


def encode_backwards_once(text, merges):
    tokens = list(text.encode())
    for i, pair in reversed(list(enumerate(merges))):
        tokens = merge(tokens, pair, 256 + i)
    return tokens


def encode_first_place_only(text, merges):
    tokens = list(text.encode())
    for i, pair in enumerate(merges):
        tokens = merge_first_only(tokens, pair, 256 + i)
    return tokens


def encode_code_points(text, merges):
    tokens = [ord(letter) for letter in text]
    for i, pair in enumerate(merges):
        tokens = merge(tokens, pair, 256 + i)
    return tokens


def encode_overlapping(text, merges):
    tokens = list(text.encode())
    for i, pair in enumerate(merges):
        tokens = merge_overlapping(tokens, pair, 256 + i)
    return tokens


def encode_counting_from_255(text, merges):
    return [token - 1 if token > 255 else token for token in encode(text, merges)]


def encode_bytes_alone(text, merges):
    return list(text.encode())


def decode_token_by_token(tokens, merges):
    return "".join(decode([token], merges) for token in tokens)


def decode_strictly(tokens, merges):
    return spell(tokens, merges).decode()


def decode_ignoring(tokens, merges):
    return spell(tokens, merges).decode("utf-8", "ignore")


def decode_latin(tokens, merges):
    return spell(tokens, merges).decode("latin-1")


def decode_bytes_alone(tokens, merges):
    return bytes(token for token in tokens if token < 256).decode("utf-8", "replace")


def decode_one_level(tokens, merges):
    parts = [merges[token - 256] if token > 255 else (token,) for token in tokens]
    flat = [part for pair in parts for part in pair]
    return bytes(part for part in flat if part < 256).decode("utf-8", "replace")


def decode_turned_round(tokens, merges):
    return decode(tokens, [(right, left) for left, right in merges])


ENCODE = Exercise(
    id="gpt-from-scratch.encode",
    title="Text to tokens, and back",
    asks=("encode", "decode"),
    reference=(encode, decode),
    driver=drive_encode,
    cases=encode_cases,
    points=5,
    difficulty=3,
    importance=5,
    minutes=20,
    mistakes=(
        Mistake(
            "the longest token first",
            (encode_longest_first, decode),
            "You look for the longest token that fits. Byte pairs do not ask how long a token is: "
            "the merge that was *learned first* is made first, even where a longer one was "
            "possible.",
        ),
        Mistake(
            "merges from left to right",
            (encode_from_the_left, decode),
            "You join the first pair that you meet in the text. In “the”, (h, e) was learned "
            "before (t, h), though it stands behind it: go by the order of `merges`.",
        ),
        Mistake(
            "last learned first",
            (encode_last_learned_first, decode),
            "Your merges are made in the opposite order. The first in the list comes first.",
            variants=((encode_backwards_once, decode),),
        ),
        Mistake(
            "each merge in one place only",
            (encode_first_place_only, decode),
            "A merge is made wherever its pair stands, not only in the first place.",
        ),
        Mistake(
            "letters instead of bytes",
            (encode_code_points, decode),
            "You began with code points (`ord`). Outside English these are larger than 255, where "
            "the merged tokens are. Begin with the UTF-8 bytes: `text.encode()`.",
        ),
        Mistake(
            "overlapping pairs",
            (encode_overlapping, decode),
            "In a run such as “aaa” a letter was used in two joins. `merge` of the first exercise "
            "goes on behind both tokens.",
        ),
        Mistake(
            "numbers off by one",
            (encode_counting_from_255, decode),
            "The first merge makes token 256: there are 256 bytes, 0 to 255.",
        ),
        Mistake(
            "no merges made",
            (encode_bytes_alone, decode),
            "Your tokens are the bytes alone. Now make the merges, one after another.",
        ),
        Mistake(
            "each token decoded by itself",
            (encode, decode_token_by_token),
            "A character may be spread over several tokens. Put the bytes of *all* tokens "
            "together first, and decode once.",
        ),
        Mistake(
            "strict decoding",
            (encode, decode_strictly),
            "A model may stop in the middle of a character, and then your `decode` fails. "
            '`errors="replace"` writes U+FFFD there.',
        ),
        Mistake(
            "bytes left out",
            (encode, decode_ignoring),
            "Bytes that make no character vanish without a trace. They should become U+FFFD, so "
            "that a reader sees that something is there.",
        ),
        Mistake(
            "bytes taken for letters",
            (encode, decode_latin),
            "Each byte became a letter of its own. They are UTF-8: decode them as that.",
        ),
        Mistake(
            "merged tokens not spelled out",
            (encode, decode_bytes_alone),
            "Tokens from 256 on are missing from your text. Each of them spells what its two "
            "parts spell.",
            variants=((encode, decode_one_level),),
        ),
        Mistake(
            "parts of a token exchanged",
            (encode, decode_turned_round),
            "A merge is (left, right), and the left part is spelled first.",
        ),
    ),
    hints=(
        "Begin with the bytes of the text. The list of merges is in the order of learning, and "
        "your `merge` makes one of them everywhere. Back: find out for every token which bytes "
        "it spells, the merges in order, since they build on each other.",
        "`for i, pair in enumerate(merges): tokens = merge(tokens, pair, 256 + i)`. For decoding, "
        "`spelling = [bytes([b]) for b in range(256)]`, then append "
        '`spelling[left] + spelling[right]` for each merge; join, and decode with `"replace"`.',
    ),
    symptoms=(
        (
            "round trip works for English only",
            "Letters were taken for bytes, or each token was decoded by itself.",
        ),
        (
            "decoder fails on what a model writes",
            "A model may write half a character. Nothing prevents it.",
        ),
        (
            "tokens differ from another program's though both spell the same text",
            "The order of the merges. Many tokenizations spell one text; only one is *the* one.",
        ),
    ),
    covered="merges that compete, runs of one letter, other scripts and emoji, a character that "
    "a merge joins, a character that is cut in two, no merges, no text",
    next_step="`gpt-from-scratch.step`, where the model learns.",
    why="A merge can only use tokens that earlier merges made, so making each of them everywhere, "
    "in the order of learning, gives the same as always taking the earliest pair that is there. "
    "Since everything is made of bytes, any text can be written, and what was written can be read "
    "back. The only thing that can go wrong is a text cut within a character: that is what U+FFFD "
    "is for.",
)

# --- gpt-from-scratch.step -----------------------------------------------------------------------


def causal_mask(n):
    """True where a query (row) may look at a key (column): at itself and before."""
    return torch.ones(n, n, dtype=torch.bool).tril()


def next_token_loss(logits, tokens):
    """Mean cross-entropy, in nats, of each token under the logits of the one before."""
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())


def training_step(weight, tokens, rate, most):
    """Return the table after one step of clipped gradient descent."""
    weight = weight.detach().clone().requires_grad_()
    loss = next_token_loss(weight[tokens] @ weight.T, tokens)
    (gradient,) = torch.autograd.grad(loss, weight)
    norm = gradient.norm()
    if norm > most:
        gradient = gradient * (most / norm)
    return (weight - rate * gradient).detach()


def drive_step(answer, n, logits, tokens, weight, rate, most):
    """Ask for the mask, the loss and the step apart."""
    mask, loss, step = answer
    return {
        "causal_mask(n)": mask(n),
        "next_token_loss(logits, tokens)": loss(logits, tokens),
        "training_step(weight, tokens, rate, most)": step(weight, tokens, rate, most),
    }


def step_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def case(name, n, batch, length, rate, most):
        return Case(
            name,
            {
                "n": n,
                "logits": torch.randn(batch, length, 6, generator=random),
                "tokens": torch.randint(6, (batch, length), generator=random),
                "weight": torch.randn(6, 4, generator=random),
                "rate": rate,
                "most": most,
            },
        )

    return [
        case("3 positions; a gradient that must be clipped", 3, 2, 5, 0.5, 0.05),
        case("a gradient shorter than the limit", 2, 3, 4, 0.5, 100.0),
        case("1 position; 2 tokens", 1, 1, 2, 0.1, 0.1),
        case("4 positions; a large step", 4, 2, 7, 2.0, 0.3),
    ]


def step_with(mask=causal_mask, loss=next_token_loss, step=training_step):
    return mask, loss, step


def step_by(loss=next_token_loss, clip=None, sign=-1, table=None):
    """A training step with parts exchanged; ``clip(gradient, most)`` gives the gradient used."""

    def answer(weight, tokens, rate, most):
        weight = weight.detach().clone().requires_grad_()
        logits = table(weight, tokens) if table else weight[tokens] @ weight.T
        (gradient,) = torch.autograd.grad(loss(logits, tokens), weight)
        if clip:
            gradient = clip(gradient, most)
        else:
            gradient = gradient * min(1.0, most / float(gradient.norm()))
        return (weight + sign * rate * gradient).detach()

    return answer


def loss_with(pick, reduce="mean"):
    """A loss of wrongly picked or wrongly added up pairs of logits and targets, and its step."""

    def loss(logits, tokens):
        own, target = pick(logits, tokens)
        return F.cross_entropy(own.flatten(0, 1), target.flatten(), reduction=reduce)

    return step_with(loss=loss, step=step_by(loss))


def shifted(logits, tokens):
    return logits[:, :-1], tokens[:, 1:]


def loss_of_softmax(logits, tokens):
    return next_token_loss(logits.softmax(-1), tokens)


def loss_in_bits(logits, tokens):
    return next_token_loss(logits, tokens) / torch.log(torch.tensor(2.0))


def loss_a_window(logits, tokens):
    return next_token_loss(logits, tokens) * (tokens.shape[1] - 1)


def loss_of_the_last(logits, tokens):
    return F.cross_entropy(logits[:, -2], tokens[:, -1])


def only_wrong_loss(loss):
    return step_with(loss=loss, step=step_by(loss))


def mask_of_the_future(n):
    return torch.ones(n, n, dtype=torch.bool).triu()


def mask_without_oneself(n):
    return torch.ones(n, n, dtype=torch.bool).tril(-1)


def mask_of_what_is_hidden(n):
    return torch.ones(n, n, dtype=torch.bool).triu(1)


def mask_of_everything(n):
    return torch.ones(n, n, dtype=torch.bool)


def mask_of_scores(n):
    return torch.full((n, n), float("-inf")).triu(1)


def clip_each(gradient, most):
    return gradient.clamp(-most, most)


def clip_always(gradient, most):
    return gradient * (most / gradient.norm())


def clip_by_rows(gradient, most):
    norm = gradient.norm(dim=-1, keepdim=True)
    return gradient * (most / norm.clamp_min(1e-12)).clamp(max=1)


def clip_never(gradient, most):
    return gradient


def step_clipping_the_change(weight, tokens, rate, most):
    change = weight - step_by(clip=clip_never)(weight, tokens, rate, most)
    return weight - change * min(1.0, most / float(change.norm()))


def step_untied(weight, tokens, rate, most):
    return step_by(table=lambda w, t: w.detach()[t] @ w.T)(weight, tokens, rate, most)


def step_untied_output(weight, tokens, rate, most):
    return step_by(table=lambda w, t: w[t] @ w.detach().T)(weight, tokens, rate, most)


STEP = Exercise(
    id="gpt-from-scratch.step",
    title="Mask, targets, and one step of training",
    asks=("causal_mask", "next_token_loss", "training_step"),
    reference=(causal_mask, next_token_loss, training_step),
    driver=drive_step,
    cases=step_cases,
    points=6,
    difficulty=3,
    importance=5,
    minutes=25,
    mistakes=(
        Mistake(
            "mask shows the future",
            step_with(mask=mask_of_the_future),
            "The row is the query, the column the key. In your mask the first query sees "
            "everything and the last only itself: its triangle is the other one.",
        ),
        Mistake(
            "mask hides oneself",
            step_with(mask=mask_without_oneself),
            "A token may look at itself. Without its own key the first query could look nowhere.",
        ),
        Mistake(
            "mask is True where one may not look",
            step_with(mask=mask_of_what_is_hidden),
            "Your True means *hidden*. Here, as everywhere in this course, True means that a query "
            "*may* look.",
        ),
        Mistake(
            "mask hides nothing",
            step_with(mask=mask_of_everything),
            "With this mask a token sees the ones that come after it, and so the answer.",
        ),
        Mistake(
            "mask of scores",
            step_with(mask=mask_of_scores),
            "Yours is what is *added* to scores (0 and −∞). Asked for is a boolean mask.",
        ),
        Mistake(
            "targets not shifted",
            loss_with(lambda logits, tokens: (logits, tokens)),
            "At each position you ask for the token that stands there, which the model has just "
            "read. The target of position i is token i + 1.",
        ),
        Mistake(
            "targets shifted the wrong way",
            loss_with(lambda logits, tokens: (logits[:, 1:], tokens[:, :-1])),
            "You ask position i + 1 for token i: the past, which it has seen. Drop the last "
            "logits and the first token, not the other way round.",
        ),
        Mistake(
            "targets rolled round",
            loss_with(lambda logits, tokens: (logits, tokens.roll(-1, dims=1))),
            "`roll` brings the first token back as the target of the last position. Nothing is "
            "known to come after the last token: leave that position out.",
        ),
        Mistake(
            "sum instead of mean",
            loss_with(shifted, "sum"),
            "The loss grows with the number of tokens. Asked for is the mean over all of them.",
            variants=(only_wrong_loss(loss_a_window),),
        ),
        Mistake(
            "softmax twice",
            only_wrong_loss(loss_of_softmax),
            "`cross_entropy` takes logits and applies the softmax itself. Yours was given "
            "probabilities.",
        ),
        Mistake(
            "bits instead of nats",
            only_wrong_loss(loss_in_bits),
            "Your loss is too large by 1 / ln 2: it is in bits. Asked for are nats.",
        ),
        Mistake(
            "only the last position asked",
            only_wrong_loss(loss_of_the_last),
            "You ask for the last token only. Every position is a question, and the causal mask "
            "is what makes that fair.",
        ),
        Mistake(
            "uphill",
            step_with(step=step_by(sign=1)),
            "The gradient points to where the loss *grows*. The step goes the other way.",
        ),
        Mistake(
            "not clipped",
            step_with(step=step_by(clip=clip_never)),
            "A gradient longer than `most` should be shortened to that length.",
        ),
        Mistake(
            "each number clipped",
            step_with(step=step_by(clip=clip_each)),
            "You clip every number by itself, and that turns the gradient. Clip the norm of the "
            "whole: multiply all of it by one factor.",
            variants=(step_with(step=step_by(clip=clip_by_rows)),),
        ),
        Mistake(
            "lengthened, too",
            step_with(step=step_by(clip=clip_always)),
            "A gradient that is shorter than `most` stays as it is. Yours is stretched to it.",
        ),
        Mistake(
            "change clipped instead of gradient",
            step_with(step=step_clipping_the_change),
            "You clip the gradient times the rate. The rate comes after the clipping.",
        ),
        Mistake(
            "table learns on one side only",
            step_with(step=step_untied),
            "The table stands in the formula twice: for reading a token and for scoring it. The "
            "gradient has a part from each; one of yours is cut off by `detach`.",
            variants=(step_with(step=step_untied_output),),
        ),
    ),
    hints=(
        "Mask: a triangle of ones. Loss: logits at i against token i + 1, so one logit and one "
        "token have no partner; then `cross_entropy` over all positions. Step: loss, gradient, "
        "norm, one factor, subtract.",
        "`F.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())`. In the step, "
        "`weight = weight.detach().clone().requires_grad_()`, "
        "`torch.autograd.grad(loss, weight)`, and the factor `most / norm` only where the norm is "
        "larger than `most`.",
    ),
    symptoms=(
        (
            "loss falls to nearly 0 at once",
            "The model sees the answer: targets that are not shifted, or a mask that hides "
            "nothing.",
        ),
        (
            "loss does not fall",
            "Uphill instead of downhill, or softmax before `cross_entropy`.",
        ),
        (
            "loss is not close to ln(vocabulary) at first",
            "A sum instead of a mean, bits instead of nats, or initial weights that are too large.",
        ),
    ),
    covered="masks of 1 to 4 positions, windows of 2 to 7 tokens, a gradient that is clipped and "
    "one that is not",
    next_step="`gpt-from-scratch.nucleus`: from logits to text.",
    why="One window of n tokens asks n − 1 questions at once, and the causal mask keeps each of "
    "them honest. The table has two jobs in a model whose weights are tied, and its gradient is "
    "the sum of what both ask for. Clipping multiplies the whole gradient by one factor: it "
    "changes how far the step goes, never where to.",
)

# --- gpt-from-scratch.nucleus --------------------------------------------------------------------


def nucleus(logits, p, temperature=1.0):
    """Return the probabilities that are drawn from under temperature and top-p."""
    shares = (logits / temperature).softmax(dim=-1)
    ordered, order = shares.sort(dim=-1, descending=True)
    before = ordered.cumsum(dim=-1) - ordered  # held by all that are likelier
    kept = ordered.masked_fill(before >= p, 0.0)
    kept = torch.zeros_like(shares).scatter(-1, order, kept)
    return kept / kept.sum(dim=-1, keepdim=True)


def nucleus_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def some(*shape):
        # Shares that differ by a tenth and more, in another order every time.
        steps = torch.rand(*shape, generator=random) * 0.4 + 0.4
        logits = steps.cumsum(-1)
        return logits.gather(-1, torch.rand(*shape, generator=random).argsort(-1))

    one, far = some(6), some(7)
    held = one.softmax(-1).sort(descending=True).values.cumsum(-1)
    return [
        Case("6 tokens, p = 0.9", {"logits": some(6), "p": 0.9, "temperature": 1.0}),
        Case(
            "p just beyond what two tokens hold",
            {"logits": one, "p": float(held[1]) + 0.02, "temperature": 1.0},
        ),
        Case(
            "one token holds more than p",
            {"logits": far + 8 * (far == far.max()), "p": 0.7, "temperature": 1.0},
        ),
        Case("temperature 2", {"logits": some(6), "p": 0.7, "temperature": 2.0}),
        Case("temperature 0.5", {"logits": some(8), "p": 0.97, "temperature": 0.5}),
        Case("p = 1", {"logits": some(9), "p": 1.0, "temperature": 1.0}),
        Case("a batch of 3", {"logits": some(3, 6), "p": 0.8, "temperature": 1.0}),
    ]


def nucleus_by(cut=lambda before, ordered, p: before >= p, normalise=True, back=True):
    """The nucleus with another rule for what is cut off, or a step left out."""

    def answer(logits, p, temperature=1.0):
        shares = (logits / temperature).softmax(dim=-1)
        ordered, order = shares.sort(dim=-1, descending=True)
        kept = ordered.masked_fill(cut(ordered.cumsum(-1) - ordered, ordered, p), 0.0)
        if back:
            kept = torch.zeros_like(shares).scatter(-1, order, kept)
        return kept / kept.sum(dim=-1, keepdim=True) if normalise else kept

    return answer


def cut_the_one_that_crosses(before, ordered, p):
    return before + ordered > p


def cut_but_never_the_first(before, ordered, p):
    return (before + ordered > p) & (before > 0)


def cut_one_late(before, ordered, p):
    return (before - ordered.roll(1, -1) >= p) & (before > 0)


def cut_below(threshold):
    def cut(before, ordered, p):
        return ordered < threshold(ordered[..., :1], p)

    return cut


def nucleus_of_the_unlikely(logits, p, temperature=1.0):
    shares = (logits / temperature).softmax(dim=-1)
    ordered, order = shares.sort(dim=-1)
    kept = ordered.masked_fill(ordered.cumsum(-1) - ordered >= p, 0.0)
    kept = torch.zeros_like(shares).scatter(-1, order, kept)
    return kept / kept.sum(dim=-1, keepdim=True)


def nucleus_gathered_back(logits, p, temperature=1.0):
    shares = (logits / temperature).softmax(dim=-1)
    ordered, order = shares.sort(dim=-1, descending=True)
    kept = ordered.masked_fill(ordered.cumsum(-1) - ordered >= p, 0.0).gather(-1, order)
    return kept / kept.sum(dim=-1, keepdim=True)


def nucleus_warmed_after(logits, p, temperature=1.0):
    kept = nucleus(logits, p) > 0
    return (logits / temperature).masked_fill(~kept, float("-inf")).softmax(-1)


def nucleus_times_temperature(logits, p, temperature=1.0):
    return nucleus(logits * temperature, p)


def nucleus_of_divided_shares(logits, p, temperature=1.0):
    return nucleus((logits.softmax(-1) / temperature), p)


def nucleus_without_temperature(logits, p, temperature=1.0):
    return nucleus(logits, p)


NUCLEUS = Exercise(
    id="gpt-from-scratch.nucleus",
    title="Temperature and the nucleus",
    asks=("nucleus",),
    reference=nucleus,
    cases=nucleus_cases,
    points=4,
    difficulty=3,
    importance=4,
    minutes=15,
    mistakes=(
        Mistake(
            "the token that crosses p is dropped",
            nucleus_by(cut_the_one_that_crosses),
            "You keep the tokens whose sum is *at most* p. The nucleus is the smallest set that "
            "*reaches* p, so the token with which the sum crosses p belongs to it. Ask how much "
            "the likelier ones hold *before* each token.",
            variants=(nucleus_by(cut_but_never_the_first),),
        ),
        Mistake(
            "one token too many",
            nucleus_by(cut_one_late),
            "Once p is reached, nothing more is kept; yours keeps the next token, too.",
        ),
        Mistake(
            "kept shares do not sum to 1",
            nucleus_by(normalise=False),
            "What is kept holds less than 1 in all. Divide by its sum, so that it can be drawn "
            "from.",
        ),
        Mistake(
            "left in the order of likelihood",
            nucleus_by(back=False),
            "Your probabilities are sorted; those of the result belong to the tokens in the order "
            "of the vocabulary. `scatter` with the order from `sort` puts them back.",
        ),
        Mistake(
            "put back with gather",
            nucleus_gathered_back,
            "`gather` takes the order one step further instead of undoing it. `scatter` writes "
            "each share to the token that it came from.",
        ),
        Mistake(
            "p taken for a threshold",
            nucleus_by(cut_below(lambda largest, p: p)),
            "You compare each probability with p. The nucleus compares the *sum* of the likeliest "
            "ones with p.",
            variants=(
                nucleus_by(cut_below(lambda largest, p: 1 - p)),
                nucleus_by(cut_below(lambda largest, p: largest * (1 - p))),
            ),
        ),
        Mistake(
            "the unlikely kept",
            nucleus_of_the_unlikely,
            "You began to add up with the least likely token. Sort with `descending=True`.",
        ),
        Mistake(
            "temperature multiplied",
            nucleus_times_temperature,
            "A temperature above 1 should make the distribution flatter. Logits are *divided* by "
            "it.",
        ),
        Mistake(
            "temperature after the cut",
            nucleus_warmed_after,
            "The order matters: first the temperature, then the nucleus of what comes out. A "
            "higher temperature makes the nucleus larger.",
        ),
        Mistake(
            "temperature ignored",
            nucleus_without_temperature,
            "At temperature 1 you are right. Divide the logits by the temperature before anything "
            "else.",
        ),
        Mistake(
            "probabilities divided by the temperature",
            nucleus_of_divided_shares,
            "The temperature divides the *logits*, before the softmax.",
        ),
    ),
    hints=(
        "Softmax of the divided logits; sort, the likeliest first; add up; decide; put back in "
        "the vocabulary's order; make it sum to 1.",
        "`before = ordered.cumsum(-1) - ordered` is what the likelier ones hold. A token is kept "
        "while that is below p. `torch.zeros_like(shares).scatter(-1, order, kept)` puts back.",
    ),
    symptoms=(
        (
            "result is NaN",
            "The likeliest token alone holds more than p and was dropped: nothing is left.",
        ),
        (
            "probabilities do not belong to their tokens",
            "They are still in the order of likelihood.",
        ),
    ),
    covered="the token that crosses p, one token that holds more than p, p = 1, temperatures "
    "below and above 1, a batch",
    next_step="`gpt-from-scratch.units`: predict, then look.",
    why="Asking how much is held *before* a token keeps the one that crosses p, and always at "
    "least one. The cut adapts: where the model is sure the nucleus is one token, elsewhere it is "
    "hundreds. Temperature comes first, so it decides how many are inside.",
)

# --- gpt-from-scratch.units ----------------------------------------------------------------------


def settle_units(measured):
    """Read off the run how bits a token and bits a byte move with the merges.

    Args:
        measured: For each number of merges: (bits a token, bits a byte).
    """
    rows = [["merges", "bits a token", "bits a byte"]]
    rows += [[k, f"{token:.2f}", f"{byte:.2f}"] for k, (token, byte) in sorted(measured.items())]
    (token_first, byte_first), (token_last, byte_last) = (
        measured[min(measured)],
        measured[max(measured)],
    )
    token_rises, byte_rises = token_last > token_first, byte_last > byte_first
    letters = {(False, False): "a", (False, True): "b", (True, False): "c", (True, True): "d"}
    return letters[token_rises, byte_rises], rows


UNITS = Prediction(
    id="gpt-from-scratch.units",
    title="In which unit?",
    points=3,
    difficulty=2,
    importance=4,
    minutes=10,
    question="The simplest model there is gives every token its share of the training text, "
    "whatever came before. Text it has not seen is cut with 0, 64 and 256 merges. What becomes of "
    "the bits that it pays for a token, and for a byte, as the merges grow?",
    choices={
        "a": "Both fall: a better tokenizer makes everything cheaper.",
        "b": "A token gets cheaper and a byte dearer.",
        "c": "A token gets dearer and a byte cheaper.",
        "d": "Both rise: there are more tokens to choose from.",
    },
    settle=settle_units,
    hints=(
        "With no merges a token is a byte. With many, a token says as much as two or three bytes "
        "did. What happens to its price, and to how many there are?",
        "A token of “the” costs one choice among hundreds; t, h and e cost three choices among "
        "dozens, and the model that looks at nothing cannot know that h often follows t.",
    ),
    symptoms=(
        (
            "prediction was wrong",
            "Good: it is written down, and the points are yours. Which of the two columns "
            "surprised you?",
        ),
        (
            "lower loss turned out to be the worse model",
            "A loss a token says nothing until you know how much a token holds.",
        ),
    ),
    rubric=(
        "A token holds more bytes, so it is one of more possibilities and costs more bits; but "
        "there are fewer of them, and a byte gets cheaper.",
        "A byte gets cheaper because a merge carries what two neighbours know of each other, "
        "which this model cannot see otherwise. Only the price of a byte compares two tokenizers: "
        "the bytes are the same for both.",
    ),
    why="The price of a token rises because a token says more; the price of a byte falls because "
    "what stands inside a token need not be foretold. A perfect model would pay the same for a "
    "byte whatever the tokens. A loss per token can be had as low as one likes, by making tokens "
    "small; so compare models in bits a byte, on the same bytes.",
)

EXERCISES = [PAIRS, ENCODE, STEP, NUCLEUS, UNITS]
