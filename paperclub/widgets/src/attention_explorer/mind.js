import { bytesOf } from "../kit/bytes.js";
import { load, untrained } from "../gpt/engine.js";
import { liveLook, savedLooks } from "./looks.js";

/**
 * Who answers for the figure: at first the saved looks, and from when its weights have arrived the
 * model in the page. Where no model comes (`fixed`), only what was saved.
 */
export class Mind {
  #looks = new Map();
  /** @type {ReturnType<typeof untrained> | null} */
  #control = null;
  /** @type {() => void} */
  forget;

  constructor(model) {
    this.model = model;
    this.causal = model.get("causal");
    this.fixed = model.get("fixed");
    this.saved = savedLooks(model);
    this.gpt = null;
    this.error = "";
  }

  /** Why there is no model to ask, in words; empty when there is one. */
  get waiting() {
    if (this.gpt) return "";
    if (this.fixed) return "This model does not run in the page: its queries and keys are not known here.";
    return this.error || "The model is on its way …";
  }

  /** A remark for the sentence, as parts: only when something is wrong. */
  remark() { return this.error ? [` ${this.error}`] : []; }

  /** Call `done` once the model is there; at once in Lab, later on a page. */
  arrived(done) {
    const wake = () => {
      if (this.gpt || this.fixed || !this.model.get("parameters")?.byteLength) return;
      try {
        this.gpt = load(this.model.get("meta"), bytesOf(this.model.get("parameters")));
      } catch (error) {
        this.error = `The model could not be read: ${error instanceof Error ? error.message : error}`;
      }
      this.#looks.clear();
      done();
    };
    const failed = () => {
      this.error = `The model did not arrive: ${this.model.get("late_error")}.`;
      done();
    };
    this.model.on("change:parameters", wake);
    this.model.on("change:late_error", failed);
    this.forget = () => {
      this.model.off("change:parameters", wake);
      this.model.off("change:late_error", failed);
    };
    wake();
  }

  /** The look at a text; the first saved one when nobody can compute this text. */
  look(text, off) {
    if (!this.gpt) return this.saved.find((look) => look.text === text) ?? this.saved[0];
    return this.#kept(`${JSON.stringify(off)} ${text}`, () => liveLook(this.gpt, text, off));
  }

  untrained(text) {
    this.#control ??= untrained(this.model.get("meta"));
    return this.#kept(`untrained ${text}`, () => liveLook(this.#control, text));
  }

  /** The last few looks are kept: a comparison asks for the same ones again. */
  #kept(name, make) {
    if (!this.#looks.has(name)) {
      this.#looks.set(name, make());
      if (this.#looks.size > 6) this.#looks.delete(this.#looks.keys().next().value);
    }
    return this.#looks.get(name);
  }
}
