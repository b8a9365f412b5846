// A place in a document and its address: /documents/ID#char=START,END (RFC 5147; positions are code points).

/**
 * The place that an address names, or null when it names no document. `named` is the range as it is written, where there
 * is one, and `lost` is true where that is none: what it names is told to the reader instead.
 */
export function placeOf(address) {
  const path = /^\/documents\/(.+)$/.exec(address.pathname);
  if (!path) return null;
  const place = { document: decoded(path[1]), start: 0, end: 0 };
  const named = /^#char=([^;]*)/.exec(address.hash)?.[1];
  if (named === undefined) return place;
  const range = /^(\d*)(?:,(\d*))?$/.exec(named);
  if (!range || (range[1] === "" && !range[2])) return { ...place, named, lost: true };
  const start = Number(range[1] || 0);
  const end = range[2] === undefined ? start : Number(range[2] || Number.MAX_SAFE_INTEGER);
  return { ...place, named, start, end: Math.max(start, end), lost: end < start };
}

export const addressOf = ({ document, start, end }) =>
  `/documents/${document.split("/").map(encodeURIComponent).join("/")}${end > start ? `#char=${start},${end}` : ""}`;

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
