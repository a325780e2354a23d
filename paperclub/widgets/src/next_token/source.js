import { load } from "../gpt/engine.js";
import { makeTokenizer } from "../gpt/tokenizer.js";
import { bytesOf } from "../kit/bytes.js";

/**
 * Who gives the logits: at first those that Python sent along for its own prompt, and from when its
 * weights have arrived the model in the page.
 */
export class Source {
  /** @type {() => void} */
  forget;

  constructor(model) {
    this.model = model;
    const { merges, config } = model.get("meta");
    this.context = config.context;
    this.tokenizer = makeTokenizer(merges, Infinity);
    const bytes = bytesOf(model.get("logits"));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.saved = { text: model.get("prompt"), logits: Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true)) };
    this.gpt = null;
    this.error = "";
  }

  /** The last tokens that the model can see, the start mark before them. */
  ids(text) {
    const { ids } = this.tokenizer.encode(text);
    return [ids[0], ...ids.slice(1).slice(1 - this.context)];
  }

  /** The text that can be answered for, its last token's name, and the logits of what comes next. */
  next(text) {
    const known = this.gpt ? text : this.saved.text;
    const ids = this.ids(known);
    const [last] = this.tokenizer.names(ids.slice(-1));
    return { text: known, last, logits: this.gpt ? lastLogits(this.gpt, ids) : this.saved.logits };
  }

  names(ids) { return this.tokenizer.names(ids); }

  spell(id) { return this.tokenizer.decode([id]); }

  /** Call `done` once the model is there, or has failed to come; at once in Lab, later on a page. */
  arrived(done) {
    const wake = () => {
      if (this.gpt || !this.model.get("parameters")?.byteLength) return;
      try {
        this.gpt = load(this.model.get("meta"), bytesOf(this.model.get("parameters")));
      } catch (error) {
        this.error = `The model could not be read: ${error instanceof Error ? error.message : error}`;
      }
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
}

/** The logits of what comes after the last of the tokens. */
function lastLogits(gpt, ids) {
  const run = gpt.forward(ids);
  const { vocabulary } = run.config;
  return run.logits.slice((run.n - 1) * vocabulary, run.n * vocabulary);
}
