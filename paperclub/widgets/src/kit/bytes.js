/**
 * The bytes of a traitlet, as numbers 0 to 255.
 *
 * Lab hands over a DataView into a larger message and a static page one of its own making. The copy
 * frees the figure from both, and gives later typed arrays the alignment that they insist on.
 *
 * @param {ArrayBufferView<ArrayBuffer> | null | undefined} view
 */
export function bytesOf(view) {
  if (!view || !view.buffer) return new Uint8Array(0);
  return new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}
