// The figure RecallGame: words are shown or spoken, a room's tallies become a curve over the model's.
import { FigureFrame } from "./kit/figure.js";
import { choice, slider, textField, wordButton } from "./kit/controls.js";
import { make } from "./kit/dom.js";
import { keptFor } from "./kit/kept.js";
import { recordPanel, wordsOf as textOf } from "./kit/record.js";
import { fitted, record, sentence, wordsOf } from "./recall_game/data.js";
import { drawCurves, drawWord } from "./recall_game/picture.js";

const SHARED = ["words", "tallies", "people"];
const FADE = 0.75; // the share of a word's time in which it is seen
const within = (value, least, most) => Math.min(most, Math.max(least, value));

class RecallGame {
  /** @type {ReturnType<typeof drawCurves> | null} */
  #axes = null;
  #timer = 0;
  /** @type {number | null} the place of the word that is being said; null when none is */
  #saying = null;
  #hidden = false; // between two words
  #telling = false;
  /** @type {WordButton} */
  start;
  /** @type {Slider} */
  people;
  /** @type {Slider} */
  pace;
  /** @type {Choice} */
  voice;
  /** @type {TextField} */
  words;
  /** @type {RecordPanel} */
  record;
  /** @type {() => void} */
  destroy;

  constructor({ model, el }) {
    this.model = model;
    this.seconds = 2;
    this.spoken = false;
    this.chosen = 0;
    const begun = this.#shared();
    this.kept = keptFor("Recall game", begun);
    /** @type {any} what the room plays, by name */
    this.game = { model: model.get("model_shares"), name: model.get("model_name"), ...begun, ...this.kept.read() };
    this.frame = new FigureFrame(el, {
      name: "Recall game", lead: model.get("lead"), note: model.get("note"), draw: () => this.#paint(),
    });
    this.canvas = make("canvas", {
      className: "pc-picture", tabIndex: 0, role: "application",
      "aria-label": "The game's picture. Left and right choose a word, up and down change how many recalled it.",
    });
    this.frame.stage.append(this.canvas);
    this.#makeControls(begun);
    this.#listen();
    this.#show();
    this.frame.redraw();
  }

  /** @returns {any} what Python holds, by the traits' names */
  #shared() { return Object.fromEntries(SHARED.map((name) => [name, this.model.get(name)])); }

  #makeControls(begun) {
    this.start = wordButton({ text: "Start", pressed: () => (this.#saying === null ? this.#begin() : this.#end()) });
    this.people = slider({
      label: "people", min: 1, max: 60, value: this.game.people, changed: (people) => this.#change({ people }),
    });
    this.pace = slider({
      label: "seconds a word", min: 1, max: 4, step: 0.5, value: this.seconds, changed: (seconds) => { this.seconds = seconds; },
    });
    this.voice = choice({
      label: "words are", faces: ["shown", "read aloud"], value: 0, className: "pc-words",
      changed: (i) => { this.spoken = i === 1; },
    });
    this.words = textField({
      label: "words", value: this.game.words.join(" "), most: 600, changed: (text) => this.#reword(text),
    });
    const speech = "speechSynthesis" in window ? [this.voice.element] : [];
    this.record = recordPanel({
      name: "words, pace, record", parts: [this.pace.element, ...speech, this.words.element],
      startOver: () => this.#startOver(begun), unfolded: () => this.#unfolded(),
    });
    this.frame.controls.append(this.start.element, this.people.element, this.record.button);
    this.frame.sentence.before(this.record.panel);
  }

  #unfolded() {
    this.words.grow();
    this.frame.redraw();
  }

  #startOver(begun) {
    this.words.set(begun.words.join(" "));
    this.#change(structuredClone(begun));
  }

  #listen() {
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    this.canvas.addEventListener("click", (event) => this.#click(event));
    const follow = () => {
      if (this.#telling) return;
      Object.assign(this.game, this.#shared());
      this.#show();
      this.#paint();
    };
    const changes = SHARED.map((name) => `change:${name}`).join(" ");
    this.model.on(changes, follow);
    this.destroy = () => {
      this.model.off(changes, follow);
      this.#silence();
      this.frame.destroy();
    };
  }

  /** Take over a change by the reader's hand, tell Python (if there is one), and show it. */
  #change(change) {
    Object.assign(this.game, change);
    this.game.tallies = fitted(this.game.tallies, this.game.words, this.game.people);
    this.chosen = within(this.chosen, 0, this.game.words.length - 1);
    this.#telling = true;
    for (const name of SHARED) this.model.set(name, this.game[name]);
    this.#telling = false;
    this.model.save_changes();
    this.kept.write(Object.fromEntries(SHARED.map((name) => [name, this.game[name]])));
    this.#show();
    this.#paint();
  }

  #reword(text) {
    const words = wordsOf(text);
    if (words) this.#change({ words, tallies: words.map(() => 0) });
  }

  #tally(place, count) {
    const tallies = [...this.game.tallies];
    tallies[place] = within(count, 0, this.game.people);
    this.chosen = place;
    this.#change({ tallies });
  }

  #show() {
    this.people.set(this.game.people);
    const said = sentence(this.game);
    this.frame.say(said);
    this.record.set(record(this.game, textOf(said)));
  }

  #begin() {
    this.start.set({ textContent: "Stop" });
    this.#say(0);
  }

  #say(place) {
    if (place >= this.game.words.length) {
      this.#end();
      return;
    }
    this.#saying = place;
    this.#hidden = false;
    if (this.spoken) speechSynthesis.speak(new SpeechSynthesisUtterance(this.game.words[place]));
    this.#paint();
    const time = this.seconds * 1000;
    this.#timer = setTimeout(() => {
      this.#hidden = true;
      this.#paint();
      this.#timer = setTimeout(() => this.#say(place + 1), time * (1 - FADE));
    }, time * FADE);
  }

  #silence() {
    clearTimeout(this.#timer);
    if ("speechSynthesis" in window) speechSynthesis.cancel();
  }

  #end() {
    this.#silence();
    this.#saying = null;
    this.start.set({ textContent: "Start" });
    this.#paint();
  }

  #paint() {
    if (this.frame.width() < 50) return;
    const look = this.frame.look();
    const width = this.frame.width();
    const size = width < 30 * look.size ? Math.min(look.size, 14) : look.size;
    const height = Math.min(this.frame.height(), Math.max(320, Math.round(width * 0.55)));
    const view = { look: { ...look, size }, width, height };
    if (this.#saying === null) {
      this.#axes = drawCurves(this.canvas, view, this.game, this.chosen);
      return;
    }
    const word = this.spoken || this.#hidden ? "" : this.game.words[this.#saying];
    drawWord(this.canvas, view, word, `${this.#saying + 1} of ${this.game.words.length}`);
  }

  #click(event) {
    if (this.#saying !== null || !this.#axes) return;
    const box = this.canvas.getBoundingClientRect();
    const place = Math.round(this.#axes.x.invert(event.clientX - box.left)) - 1;
    if (place < 0 || place >= this.game.words.length) return;
    const share = within(this.#axes.y.invert(event.clientY - box.top), 0, 1);
    this.#tally(place, Math.round(share * this.game.people));
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.#saying !== null) return;
    const { words, tallies } = this.game;
    const moves = {
      ArrowLeft: () => this.#choose(this.chosen - 1), ArrowRight: () => this.#choose(this.chosen + 1),
      Home: () => this.#choose(0), End: () => this.#choose(words.length - 1),
      ArrowUp: () => this.#tally(this.chosen, tallies[this.chosen] + 1),
      ArrowDown: () => this.#tally(this.chosen, tallies[this.chosen] - 1),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  }

  #choose(place) {
    this.chosen = within(place, 0, this.game.words.length - 1);
    this.#paint();
  }
}

export default {
  render(place) {
    const figure = new RecallGame(place);
    return () => figure.destroy();
  },
};
