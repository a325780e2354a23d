// Put into a page before its own scripts: notes when the first picture stands, and how long steps take.
(() => {
  const STARTS = { ours: "canvas.pc-picture", bertviz: "#attention line" };
  const probe = {
    times: /** @type {(number | null)[]} */ ([]),
    first: /** @type {{ms: number, bytes: number} | null} */ (null),
  };
  globalThis.paperclubProbe = probe;

  /** After the frame to come: its callbacks, style, layout and painting are over when a task runs. */
  function afterFrame(done) {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    requestAnimationFrame(() => channel.port2.postMessage(null));
  }

  /** A canvas that nobody has drawn on yet is 300 × 150. */
  function isDrawn(element) {
    return element && !(element.tagName === "CANVAS" && element.width === 300 && element.height === 150);
  }

  /** @param {(entry: PerformanceEntry) => boolean} counts */
  function transferred(counts = () => true) {
    /** @type {any[]} of PerformanceResourceTiming, as entries of these two types are */
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return entries.filter(counts).reduce((sum, entry) => sum + entry.transferSize, 0);
  }

  const isMathematics = (entry) => entry.name.includes("/mathjax/");

  function look() {
    if (!Object.values(STARTS).some((selector) => isDrawn(document.querySelector(selector)))) {
      requestAnimationFrame(look);
      return;
    }
    afterFrame(() => { probe.first = { ms: performance.now(), bytes: transferred((entry) => !isMathematics(entry)) }; });
  }
  requestAnimationFrame(look);

  probe.transferred = transferred;
  probe.mathematics = () => transferred(isMathematics);

  /**
   * Time every event of a type: from before its first listener until the frame with its effect is over.
   *
   * An event counts if `read()` then gives something else than before; with `patient`, the frame is
   * the one after it does.
   */
  probe.watch = (type, selector, patient) => {
    const read = () => (selector ? document.querySelector(selector).textContent : {});
    addEventListener(type, () => {
      const began = performance.now();
      const before = read();
      const end = () => {
        if (patient && read() === before) {
          afterFrame(end);
          return;
        }
        probe.times.push(read() === before ? null : performance.now() - began);
      };
      afterFrame(end);
    }, { capture: true });
  };

  /** Tell whether `ready` comes true before the time (ms) is up; a page's policy may forbid polling from outside. */
  const until = (ready, patience) => new Promise((done) => {
    const end = performance.now() + patience;
    const wait = () => (ready() || performance.now() > end ? done(Boolean(ready())) : setTimeout(wait, 1));
    wait();
  });
  probe.drawn = (patience) => until(() => probe.first, patience);
  probe.timed = (count, patience) => until(() => probe.times.length >= count, patience);
})();
