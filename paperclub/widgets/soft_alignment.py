"""The figure of the chapter ``alignment``: a translator in the page, and where it looks."""

from collections.abc import Mapping, Sequence

import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure
from paperclub.widgets.reading import Reader, Reading, pack

MODEL = "date-reader"
MOST_TEXTS, MOST_LETTERS, MOST_STEPS = 8, 40, 40
LEAD = "Step through what it writes. See where it looks. Click a letter to mute it."
DATES = (
    "3 july 1997",
    "thursday, july 3rd, 1997",
    "the 3rd of july '97",
    "3/7/97",
    "1 june 2011",
)
SMALL = {ord(capital): capital.lower() for capital in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
BLANK = {ord(letter): "␣" for letter in " \t\n\r"}


class SoftAlignment(Figure):
    """What a translator with attention writes for the reader's own text, and where it looks.

    The model runs in the page: the reader types, steps through what is written, and mutes letters,
    at whose states the attention may then not look. With ``SoftAlignment()`` it is the course's
    small model that reads dates.

    Args:
        weights: The ``state_dict()`` of a translator as the chapter builds it; by default the
            course's reader of dates. They are sent as 16-bit numbers.
        source: The source's letters, in the order of their numbers from 1 (0 is padding, and every
            letter that does not stand here). Capitals are read as small letters.
        target: The target's letters, in the order of their numbers from 0.
        steps: How many letters it writes; None for as many as it reads.
        texts: One to eight texts, of 1 to 40 letters each, to start from.
        step: Which written letter is shown first (from 0).
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("soft_alignment")

    sizes = traitlets.List(traitlets.Int()).tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)
    source = traitlets.Unicode().tag(sync=True)
    target = traitlets.Unicode().tag(sync=True)
    steps = traitlets.Int(0).tag(sync=True)
    texts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    muted = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        weights: Mapping[str, object] | None = None,
        *,
        source: str | None = None,
        target: str | None = None,
        steps: int | None = None,
        texts: Sequence[str] = DATES,
        step: int = 3,
        lead: str = LEAD,
        note: str = "",
    ):
        if weights is None:
            # Whoever only builds pages of another model needs no file of this one.
            from paperclub.data import dates
            from paperclub.models.dates import read_date_weights

            weights = read_date_weights()
            source, target, steps = dates.SOURCE, dates.TARGET, dates.STEPS
        sizes, packed = pack(weights)
        texts = _checked(texts)
        if steps is not None and not 1 <= steps <= MOST_STEPS:
            raise CourseError(f"steps is {steps}; the figure writes 1 to {MOST_STEPS} letters")
        written = steps or len(texts[0])
        if not 0 <= step < written:
            raise CourseError(f"step is {step}; {written} letters are written, from 0")
        super().__init__(
            sizes=sizes,
            weights=packed,
            source=_alphabet(source, sizes[0] - 1, "source"),
            target=_alphabet(target, sizes[1], "target"),
            steps=steps or 0,
            texts=texts,
            text=texts[0],
            step=step,
            lead=lead,
            note=note,
        )
        self._reader = Reader(sizes, packed)

    def look(self, text: str, muted: Sequence[int] = ()) -> tuple[str, Reading]:
        """Return what the model writes for a text of at least one letter, and where it looked."""
        ids = [self.source.find(letter.translate(SMALL)) + 1 for letter in text]
        reading = self._reader.look(ids, self.steps or len(ids), muted)
        return "".join(self.target[i] for i in reading.wrote), reading

    def sentence(
        self,
        text: str | None = None,
        step: int | None = None,
        *,
        key: int | None = None,
        muted: Sequence[int] | None = None,
    ) -> str:
        """Return what the figure says below its picture, from the weights that it holds.

        Args:
            text: What the model reads; the shown text by default. So are ``step`` and ``muted``.
            step: Which written letter (from 0); the last one when fewer are written.
            key: The source letter that the reader chose or points to, if any (from 0).
            muted: Places of muted letters (from 0).
        """
        text = (self.text if text is None else text)[:MOST_LETTERS]
        muted = sorted(self.muted if muted is None else muted)
        if not text:
            return "There is nothing to read: type something."
        wrote, reading = self.look(text, muted)
        step = min(self.step if step is None else step, len(wrote) - 1)
        start = f"It reads “{shown(text)}” and writes “{shown(wrote)}”."
        if muted:
            start = _with_muted(text, wrote, self.look(text)[0], muted)
        return f"{start} {_where(text, wrote, reading, step, key)}"


def shown(text: str) -> str:
    """Return a text as the figure shows it: every blank can be seen."""
    return text.translate(BLANK)


def _place(text: str, key: int) -> str:
    return f"“{shown(text[key])}” (position {key + 1})"


def _with_muted(text: str, wrote: str, before: str, muted: list[int]) -> str:
    what = f"{len(muted)} letters" if len(muted) > 1 else _place(text, muted[0])
    if wrote == before:
        return f"With {what} muted it still writes “{shown(wrote)}”."
    return f"With {what} muted it writes “{shown(wrote)}”, not “{shown(before)}”."


def _where(text: str, wrote: str, reading: Reading, step: int, key: int | None) -> str:
    row = reading.weights[step]
    start = f"Writing letter {step + 1}, “{shown(wrote[step])}”, it "
    if not row.any():
        return f"{start}can look nowhere."
    best = int(row.argmax())
    if key is not None and key < len(text) and key != best:
        pointed = f"puts {row[key]:.2f} of its weight on {_place(text, key)}"
        return f"{start}{pointed}; its largest is {row[best]:.2f} on {_place(text, best)}."
    return f"{start}puts {row[best]:.2f} of its weight on {_place(text, best)}."


def _checked(texts: Sequence[str]) -> list[str]:
    if isinstance(texts, str):
        raise CourseError("texts is one string; a list of strings is expected")
    if not 1 <= len(texts) <= MOST_TEXTS:
        raise CourseError(f"{len(texts)} texts were given; 1 to {MOST_TEXTS} are expected")
    for text in texts:
        if not 1 <= len(text) <= MOST_LETTERS:
            raise CourseError(f"{text!r} has {len(text)} letters; 1 to {MOST_LETTERS} are expected")
    return list(texts)


def _alphabet(letters: str | None, count: int, name: str) -> str:
    if letters is None:
        raise CourseError(f"a model of your own needs its {name}: the letters, in order")
    if len(letters) != count:
        raise CourseError(f"{name} has {len(letters)} letters; the weights ask for {count}")
    if len(set(letters)) < count:
        raise CourseError(f"{name} holds a letter twice")
    return letters
