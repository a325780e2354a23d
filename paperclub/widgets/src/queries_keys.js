// The figure QueriesKeys: a room's queries spend points on its keys, and the weights mix the values.
import { textField, wordButton } from "./kit/controls.js";
import { Grid, penFor } from "./kit/grid.js";
import { RoomFigure } from "./kit/room.js";
import * as data from "./queries_keys/data.js";

const LABEL = "Points of each query (row) on each key (column). Arrows choose, plus and minus count.";
const TEN = 10;

/** The keys 1 to 9 set the points of a cell, and 0 means ten. */
const digits = (set) => Object.fromEntries(Array.from({ length: TEN }, (_, digit) => [digit, () => set(digit || TEN)]));

class QueriesKeys extends RoomFigure {
  constructor(place) {
    const cards = textField({ label: "keys, each with its value", value: "", most: 300, changed: (text) => this.#retype(data.keysOf(text)) });
    const asked = textField({
      label: "queries", value: "", most: 200,
      changed: (text) => this.#retype(data.queriesOf(text) && { queries: data.queriesOf(text) }),
    });
    super(place, {
      name: "Queries and keys", label: LABEL, shared: ["cards", "values", "queries", "points"],
      panel: "cards, record", parts: [cards.element, asked.element],
      keys: {
        ArrowUp: () => this.choose(-1, 0), ArrowDown: () => this.choose(1, 0),
        ArrowLeft: () => this.choose(0, -1), ArrowRight: () => this.choose(0, 1),
        "+": () => this.spend(1), "=": () => this.spend(1), "-": () => this.spend(-1),
        Delete: () => this.spend(-data.MOST_POINTS), ...digits((points) => this.#set(points)),
      },
    });
    this.at = [0, 0];
    this.fields = { cards, asked };
    this.#name();
    this.frame.controls.append(
      wordButton({ text: "one less", pressed: () => this.spend(-1) }).element,
      wordButton({ text: "one more", pressed: () => this.spend(1) }).element, this.record.button,
    );
    this.begin();
  }

  #name() {
    const { cards, asked } = this.fields;
    if (document.activeElement !== cards.input) cards.set(data.keysText(this.state));
    if (document.activeElement !== asked.input) asked.set(this.state.queries.join(", "));
  }

  #retype(typed) {
    if (!typed) return;
    const after = { ...this.state, ...typed };
    this.at = [0, 0];
    this.change({ ...typed, points: data.carried(this.state, after) });
  }

  choose(down, right) {
    const [rows, columns] = [this.state.queries.length, this.state.cards.length];
    this.at = [(this.at[0] + down + rows) % rows, (this.at[1] + right + columns) % columns];
    this.show();
    this.frame.redraw();
  }

  spend(by) { this.#set(this.state.points[this.at[0]][this.at[1]] + by); }

  #set(points) {
    const [row, column] = this.at;
    const after = this.state.points.map((counts) => [...counts]);
    after[row][column] = Math.min(data.MOST_POINTS, Math.max(0, points));
    this.change({ points: after });
  }

  tap(x, y) {
    const at = this.grid?.at(x, y);
    if (!at) return;
    const again = at.join() === this.at.join();
    this.at = at;
    if (again) this.spend(1);
    else this.choose(0, 0);
  }

  words() {
    this.#name();
    this.at = [Math.min(this.at[0], this.state.queries.length - 1), Math.min(this.at[1], this.state.cards.length - 1)];
    return { sentence: data.sentence(this.state, this.at[0]), line: data.line(this.state) };
  }

  paint() {
    const { cards, values, queries, points } = this.state;
    const height = Math.min(this.frame.height(240), 90 * (queries.length + 2));
    const pen = penFor(this.canvas, this.frame, height);
    const { colours, label } = pen;
    const foot = label * 2;
    const seen = queries.map((_, row) => data.lookUp(this.state, row));
    this.grid = new Grid(pen, { x: 0, y: 0, width: this.frame.width(), height: height - foot }, {
      rows: queries.map((text) => ({ text, colour: colours.queryText })),
      columns: cards.map((text, j) => ({ text, below: String(values[j]), colour: colours.keyText })),
      tail: { head: "answer", texts: seen.map(({ answer }) => (answer === null ? "–" : answer.toFixed(2))) },
    });
    this.grid.draw((i, j) => ({
      share: seen[i].weights?.[j] ?? 0, text: String(points[i][j]), colour: colours.query,
    }), this.at);
    const [row, column] = this.at;
    const weight = seen[row].weights ? `, weight ${seen[row].weights[column].toFixed(2)}` : "";
    pen.write(`${queries[row]} → ${cards[column]}: ${points[row][column]}${weight}`, 0, this.grid.bottom + label, {
      bold: true, width: this.frame.width(),
    });
  }
}

export default {
  render(place) {
    const figure = new QueriesKeys(place);
    return () => figure.destroy();
  },
};
