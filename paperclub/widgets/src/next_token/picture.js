export const ROWS = 12;

/** Where row `i` of the likeliest tokens lies. */
export const rowOf = (place, i) => ({ x: 0, y: place.head + i * place.row, width: place.width, height: place.row });

export function arrange(pen, width, height) {
  const head = pen.label * 1.9;
  const row = Math.min((height - head) / ROWS, pen.label * 2.1);
  return { width, head, row, height: Math.ceil(head + row * ROWS) };
}

const number = (share) => (share === 0 ? "0" : share < 0.005 ? "< 0.01" : share.toFixed(2));

/** The likeliest tokens: what is drawn from as bars, what the model gave in grey dashes. */
export function drawRows(pen, place, { names, given, drawn, focus }) {
  const { colours, label } = pen;
  const size = Math.min(label, place.row * 0.8);
  const strip = Math.min(pen.widest(names, { mono: true, size }), place.width * 0.32);
  const x = Math.max(strip, label * 4) + label * 0.9;
  const room = place.width - x - label * 8.2;
  const largest = Math.max(...given, ...drawn, 1e-6);
  drawHeading(pen, place, x);
  names.forEach((name, i) => {
    const { y, height } = rowOf(place, i);
    const wide = (share) => (share / largest) * room;
    const top = y + height * 0.17, thick = height * 0.66;
    const colour = drawn[i] ? colours.ink : colours.muted;
    pen.write(name, x - label * 0.5, y + height / 2, { mono: true, align: "right", width: x - label * 0.5, size, colour, bold: i === focus });
    pen.bar(x, top, wide(drawn[i]), thick, colours.query);
    pen.outline(x, top, Math.max(wide(given[i]), 1), thick);
    const end = x + Math.max(wide(given[i]), wide(drawn[i])) + label * 0.5;
    pen.write(`${number(given[i])} → ${number(drawn[i])}`, end, y + height / 2, { size, colour });
    if (i === focus) pen.ring(1, y + 2, place.width - 3, height - 4);
  });
}

function drawHeading(pen, place, x) {
  const { colours, label } = pen;
  const y = label * 0.8;
  pen.outline(x, y - label * 0.35, label, label * 0.7);
  const given = "the model gives";
  pen.write(given, x + label * 1.4, y, { colour: colours.controlText });
  const after = x + label * 2.6 + pen.measure(given);
  pen.bar(after, y - label * 0.35, label, label * 0.7, colours.query);
  pen.write("drawn from", after + label * 1.4, y, { colour: colours.queryText, width: place.width - after - label * 1.4 });
}
