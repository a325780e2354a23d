// The figure PairJudge: couples are judged, by a new judge each or by one for all, and notes add up.
import { choice, slider, textField, wordButton } from "./kit/controls.js";
import { Grid, penFor } from "./kit/grid.js";
import { RoomFigure } from "./kit/room.js";
import * as data from "./pair_judge/data.js";

const LABEL = "The note of each couple. Arrows choose a couple, plus and minus or a digit change its note.";
const SHARED = ["people", "sheets", "notes", "hands", "nearest", "room", "round"];
const MARKS = ["■", "●"];
const MOST_ROOM = 60;

class PairJudge extends RoomFigure {
  constructor(place) {
    const sheets = textField({
      label: "people and sheets, the one asked about first", value: "", most: 300, changed: (text) => this.#retype(text),
    });
    const hands = data.SHAPES.map((shape, i) => slider({
      label: `hands for ${shape}`, min: 0, max: MOST_ROOM, value: 0, changed: (count) => this.#raise(i, count),
    }));
    const nearest = slider({
      label: "nearest", min: 0, max: data.MOST - 1, value: 0, changed: (one) => this.change({ nearest: one }),
      text: (one) => (one ? this.state?.people[one] ?? "" : "not told"),
    });
    const room = slider({ label: "people in the room", min: 3, max: MOST_ROOM, value: 3, changed: (count) => this.change({ room: count }) });
    super(place, {
      name: "Pairs and one judge", label: LABEL, shared: SHARED, panel: "room, record",
      parts: [room.element, ...hands.map(({ element }) => element), nearest.element, sheets.element],
      keys: {
        ArrowRight: () => this.choose(1), ArrowLeft: () => this.choose(-1),
        ArrowDown: () => this.#down(1), ArrowUp: () => this.#down(-1),
        "+": () => this.#add(1), "=": () => this.#add(1), "-": () => this.#add(-1), ...digits((note) => this.#set(note)),
      },
    });
    this.at = [0, 1];
    this.fields = { sheets, hands, nearest, room };
    this.judges = choice({
      label: "judged by", faces: data.JUDGES, value: this.state.round, className: "pc-words",
      changed: (round) => this.change({ round }),
    });
    this.frame.controls.append(
      this.judges.element, wordButton({ text: "one less", pressed: () => this.#add(-1) }).element,
      wordButton({ text: "one more", pressed: () => this.#add(1) }).element, this.record.button,
    );
    this.begin();
  }

  #retype(text) {
    const typed = data.peopleOf(text);
    if (!typed) return;
    const same = typed.people.length === this.state.people.length;
    this.at = [0, 1];
    this.change({ ...typed, ...(same ? {} : { notes: data.blank(typed.people.length), nearest: 0 }) });
  }

  #raise(shape, count) {
    const hands = [...this.state.hands];
    hands[shape] = count;
    this.change({ hands });
  }

  /** The couple before or after the chosen one, in reading order. */
  choose(by) {
    const n = this.state.people.length;
    const all = data.couples(n);
    const place = (data.placeOf(...this.at, n) + by + all) % all;
    for (let i = 0; i < n; i += 1) if (place < data.placeOf(i, n - 1, n) + 1) {
      this.at = [i, place - data.placeOf(i, i + 1, n) + i + 1];
      break;
    }
    this.show();
    this.frame.redraw();
  }

  #down(by) {
    const [i, j] = this.at;
    const n = this.state.people.length;
    const row = (i + by + n - 1) % (n - 1);
    this.at = [row, Math.max(row + 1, j)];
    this.choose(0);
  }

  #add(by) { this.#set(this.state.notes[this.state.round][data.placeOf(...this.at, this.state.people.length)] + by); }

  #set(note) {
    const { round, people } = this.state;
    const notes = this.state.notes.map((list) => [...list]);
    notes[round][data.placeOf(...this.at, people.length)] = Math.min(data.MOST_NOTE, Math.max(0, note));
    this.change({ notes });
  }

  tap(x, y) {
    const at = this.grid?.at(x, y);
    if (!at) return;
    const [i, j] = [at[0], at[1] + 1];
    if (i >= j) return;
    const again = i === this.at[0] && j === this.at[1];
    this.at = [i, j];
    if (again) this.#add(1);
    else this.choose(0);
  }

  words() {
    const { sheets, hands, nearest, room } = this.fields;
    if (document.activeElement !== sheets.input) sheets.set(data.peopleText(this.state));
    hands.forEach((one, i) => one.set(this.state.hands[i]));
    nearest.input.max = String(this.state.people.length - 1);
    nearest.set(this.state.nearest);
    room.set(this.state.room);
    this.judges.set(this.state.round);
    return { sentence: data.sentence(this.state), line: data.line(this.state) };
  }

  paint() {
    const { people, sheets, notes, round } = this.state;
    const n = people.length;
    const height = this.frame.height(300);
    const pen = penFor(this.canvas, this.frame, height);
    const { colours, label } = pen;
    const foot = label * 1.7 * 4;
    const heads = people.map((name, i) => ({ text: `${MARKS[sheets[i]]} ${name}`, colour: colours.keyText }));
    this.grid = new Grid(pen, { x: 0, y: 0, width: this.frame.width(), height: height - foot }, {
      rows: heads.slice(0, -1), columns: heads.slice(1),
    });
    this.grid.draw((i, j) => {
      if (i > j) return null;
      const note = notes[round][data.placeOf(i, j + 1, n)];
      return { share: note / data.MOST_NOTE, text: String(note), colour: colours.key };
    }, [this.at[0], this.at[1] - 1]);
    this.#paintSums(pen, this.grid.bottom + label * 0.6);
  }

  /** Under the table: for each way to answer, what speaks for square and for circle. */
  #paintSums(pen, top) {
    const { label, colours } = pen;
    const width = this.frame.width();
    const rows = data.answers(this.state).map(({ total }, i) => ({
      text: `${[...data.JUDGES, "the whole room"][i]}: ${total.map((sum, shape) => `${MARKS[shape]} ${sum}`).join("  ")}`, total,
    }));
    const left = Math.min(pen.widest(rows.map(({ text }) => text), { bold: true }) + label, width * 0.7);
    rows.forEach(({ text, total }, i) => {
      const y = top + label * 1.7 * i;
      pen.write(text, 0, y + label * 0.85, { width: left - label * 0.4, bold: i === this.state.round });
      const all = total[0] + total[1];
      if (!all) return;
      const split = ((width - left) * total[0]) / all;
      pen.bar(left, y + label * 0.2, split, label * 1.3, colours.query);
      pen.bar(left + split, y + label * 0.2, width - left - split, label * 1.3, colours.key);
      pen.line(left + (width - left) / 2, y, left + (width - left) / 2, y + label * 1.7, colours.ink, pen.stroke);
    });
  }
}

/** The keys 0 to 9 set a note. */
const digits = (set) => Object.fromEntries(Array.from({ length: data.MOST_NOTE }, (_, note) => [note, () => set(note)]));

export default {
  render(place) {
    const figure = new PairJudge(place);
    return () => figure.destroy();
  },
};
