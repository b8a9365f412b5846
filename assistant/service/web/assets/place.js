// A place in a document and its address: /documents/ID#char=START,END (RFC 5147; positions are code points).

/** The place that an address names, or null when it names no document. */
export function placeOf(address) {
  const path = /^\/documents\/(.+)$/.exec(address.pathname);
  if (!path) return null;
  const place = { document: decoded(path[1]), start: 0, end: 0 };
  const range = /^#char=(\d*)(?:,(\d*))?(?:;|$)/.exec(address.hash);
  if (!range || (range[1] === "" && !range[2])) return place;
  place.start = Number(range[1] || 0);
  place.end = range[2] === undefined ? place.start : Number(range[2] || Number.MAX_SAFE_INTEGER);
  if (place.end < place.start) place.end = place.start;
  return place;
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
