"""The figure that follows one sentence through every head of a language model."""

from collections.abc import Callable, Sequence

import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure
from paperclub.widgets.looks import (
    GivenOutputs,
    GivenTokenizer,
    Look,
    from_outputs,
    look_at,
    packed,
)

MODEL = "tiny-gpt"
MOST_SENTENCES, MOST_LETTERS = 6, 1000
MOST_LAYERS, MOST_HEADS, MOST_TOKENS = 48, 32, 64
SENTENCES = (
    "What say you to my suit? What say you",
    "My lord, the king is dead, and the queen is dead.",
    "To be, or not to be, that is the question.",
)
LEAD = "Type a sentence, then choose a head. See where each token looks."
GIVEN_LEAD = "Choose a head, then a token. See where it looks."
GIVEN = (
    "This model does not run in the page. What it gave for this text is shown: "
    "for another text, call from_transformers again."
)
# How a pattern is called in words; a head with another name, or none, shows no pattern.
PATTERNS = {
    "previous": "previous token",
    "same": "same token",
    "induction": "induction",
    "first": "first token",
}


class AttentionExplorer(Figure):
    """Every head of a language model on a sentence: all small, one large, one number.

    With ``AttentionExplorer()`` the course's small model runs in the page: the reader types, and
    all heads are computed anew. What it gives for ``sentences`` is sent along, so that the first
    picture need not wait for the model. ``from_transformers`` shows a model of your own.

    Args:
        sentences: One to six texts, at most 1000 characters each, to start from. The model sees the
            first 64 tokens, the start mark among them.
        layer: The layer that is shown first (from 0).
        head: The head that is shown first (from 0). Layer and head go together; by default the one
            is taken that looks at a far token most.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("attention_explorer")

    meta = traitlets.Dict().tag(sync=True)
    parameters = traitlets.Bytes().tag(sync=True)
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    causal = traitlets.Bool(True).tag(sync=True)
    patterns: traitlets.List[dict] = traitlets.List().tag(sync=True)
    named_from = traitlets.Float(0.0).tag(sync=True)
    sentences: traitlets.List[dict] = traitlets.List().tag(sync=True)
    attentions = traitlets.Bytes().tag(sync=True)
    fixed = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    layer = traitlets.Int(0).tag(sync=True)
    head = traitlets.Int(0).tag(sync=True)
    query = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        sentences: Sequence[str] = SENTENCES,
        *,
        layer: int | None = None,
        head: int | None = None,
        lead: str = LEAD,
        note: str = "",
    ):
        # Models need PyTorch; whoever only builds pages does not.
        from paperclub.models import read_meta, read_weights

        texts = _checked_texts(sentences)
        meta = read_meta(MODEL)
        patterns, named_from = _patterns(MODEL)
        self._start(
            [look_at(MODEL, text) for text in texts],
            texts,
            (layer, head),
            meta={key: meta[key] for key in ("name", "config", "seed", "merges")},
            parameters=read_weights(MODEL),
            late=["parameters"],
            patterns=patterns,
            named_from=named_from,
            lead=lead,
            note=note,
        )

    @classmethod
    def from_transformers(
        cls,
        model: Callable[..., GivenOutputs],
        tokenizer: GivenTokenizer,
        text: str,
        *,
        lead: str = GIVEN_LEAD,
        note: str = "",
    ) -> "AttentionExplorer":
        """Show the attentions of a model of yours for one text.

        Args:
            model: Called as ``model(**inputs, output_attentions=True)``, it must give
                ``.attentions``: one tensor (1, head, query, key) a layer. A model of Hugging Face
                does so when it was loaded with ``attn_implementation="eager"``. If it also
                ``can_generate()``, its ``.logits`` (1, token, vocabulary) give the next tokens.
            tokenizer: Called as ``tokenizer(text, return_tensors="pt")``; its
                ``convert_ids_to_tokens`` names the tokens.
            text: At most 64 tokens.
            lead: The line above the picture.
            note: A remark below the sentence.

        Raises:
            CourseError: The model gives no attentions, or not such; the text has too many tokens.
        """
        shown = cls.__new__(cls)
        look = from_outputs(model, tokenizer, text, MOST_TOKENS)
        layers, heads = look.weights.shape[:2]
        if layers > MOST_LAYERS or heads > MOST_HEADS:
            raise CourseError(
                f"the model has {layers} layers of {heads} heads; "
                f"the figure shows at most {MOST_LAYERS} layers of {MOST_HEADS}"
            )
        shown._start([look], [text], (None, None), fixed=GIVEN, lead=lead, note=note)
        return shown

    def _start(self, looks: list[Look], texts: list[str], place: tuple, **traits: object) -> None:
        layers, heads = looks[0].weights.shape[:2]
        layer, head, query = looks[0].striking(_checked_place(place, layers, heads))
        self._given = dict(zip(texts, looks, strict=True)) if "fixed" in traits else {}
        causal = all(look.causal for look in looks)
        super().__init__(
            shape=[layers, heads],
            causal=causal,
            sentences=[
                {"text": text, "tokens": look.tokens, "next": look.next}
                for text, look in zip(texts, looks, strict=True)
            ],
            attentions=packed(looks, causal),
            text=texts[0],
            layer=layer,
            head=head,
            query=query,
            **traits,
        )

    def sentence(
        self,
        text: str | None = None,
        layer: int | None = None,
        head: int | None = None,
        query: int | None = None,
        *,
        key: int | None = None,
        off: Sequence[tuple[int, int]] = (),
        compare: str | tuple[int, int] | None = None,
        temperature: float = 1,
    ) -> str:
        """Return what the figure says below its picture, computed by PyTorch.

        Args:
            text: What was typed; by default the text that is shown. ``layer``, ``head`` and
                ``query`` (all from 0) are by default the chosen ones.
            layer: Which layer.
            head: Which head of it.
            query: Which token looks.
            key: The token that the reader points to, if any.
            off: Heads that are switched off, each as (layer, head).
            compare: ``"untrained"``, or another head as (layer, head).
            temperature: By which the logits are divided before the softmax.
        """
        text, layer, head, query = self.or_shown(text=text, layer=layer, head=head, query=query)
        look = self._look(text, off, temperature)
        control, owner = None, ""
        if compare == "untrained":
            control = look_at(MODEL, text, untrained=True).weights[layer, head, query]
            owner = "untrained it puts"
        elif compare is not None:
            control = look.weights[*compare, query]
            owner = f"{_head(*compare)} puts"
        seen = look.weights[layer, head, query]
        best = int(seen.argmax())
        spot = best if key is None else key
        words = (
            f"In {_head(layer, head)}{self._pattern(layer, head)}, the query {look.place(query)} "
            f"puts {seen[spot]:.2f} of its weight on {look.place(spot)}"
        )
        if spot != best:
            words += f"; its largest is {seen[best]:.2f} on {look.place(best)}"
        if control is not None:
            words += f"; {owner} {control[spot]:.2f} there"
        return f"{words}.{self._expects(look, text, query, off, temperature)}{_cut(look)}"

    def _look(self, text: str, off: Sequence[tuple[int, int]], temperature: float) -> Look:
        if self.fixed:
            return self._given[text]
        return look_at(MODEL, text, off=tuple(off), temperature=temperature)

    def _pattern(self, layer: int, head: int) -> str:
        if not self.patterns:
            return ""
        called = PATTERNS.get(self.patterns[layer * self.shape[1] + head]["called"])
        return f" ({called})" if called else ""

    def _expects(
        self, look: Look, text: str, query: int, off: Sequence[tuple[int, int]], temperature: float
    ) -> str:
        if not look.next:
            return ""
        name, share = look.next[query][0]
        at = "" if temperature == 1 else f" at temperature {temperature:.1f}"
        if not off:
            return f" The likeliest next token{at} is “{name}” ({share:.2f})."
        before, its = self._look(text, (), temperature).next[query][0]
        heads = "; ".join(_head(*place) for place in sorted(off))
        if name == before:
            change = f"stays “{name}” ({share:.2f} instead of {its:.2f})"
        else:
            change = f"is “{name}” ({share:.2f}) instead of “{before}” ({its:.2f})"
        return f" Without {heads}, the likeliest next token{at} {change}."


def _head(layer: int, head: int) -> str:
    return f"layer {layer + 1}, head {head + 1}"


def _cut(look: Look) -> str:
    if not look.cut:
        return ""
    return f" The model sees {len(look.tokens)} tokens; {look.cut} at the end are left out."


def _checked_texts(sentences: Sequence[str]) -> list[str]:
    if isinstance(sentences, str):
        raise CourseError("sentences is one string; a list of strings is expected: [text]")
    if not 1 <= len(sentences) <= MOST_SENTENCES:
        raise CourseError(f"{len(sentences)} sentences are given; 1 to {MOST_SENTENCES} fit")
    for i, text in enumerate(sentences):
        if not isinstance(text, str):
            raise CourseError(f"sentences[{i}] is no text but {type(text).__name__}")
        if len(text) > MOST_LETTERS:
            raise CourseError(
                f"sentences[{i}] has {len(text)} characters; at most {MOST_LETTERS} fit"
            )
        if text in sentences[:i]:
            raise CourseError(f"sentences[{i}] stands there twice: {text!r}")
    return list(sentences)


def _checked_place(place: tuple, layers: int, heads: int) -> tuple[int, int] | None:
    layer, head = place
    if layer is None and head is None:
        return None
    if layer is None or head is None:
        raise CourseError("layer and head go together: give both or none")
    if not (0 <= layer < layers and 0 <= head < heads):
        raise CourseError(
            f"there is no head {head} in layer {layer}: layers run from 0 to {layers - 1}, "
            f"heads from 0 to {heads - 1}"
        )
    return int(layer), int(head)


def _patterns(name: str) -> tuple[list[dict], float]:
    """Return each head's pattern and scores, layer by layer, and the score that names a head."""
    from paperclub.models import store

    found = store.read_card(name)["patterns"]
    heads = [{"called": entry["called"], "scores": entry["scores"]} for entry in found["heads"]]
    return heads, found["named_from"]
