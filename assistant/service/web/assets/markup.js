// The words of a quote from a Markdown document: without tags, emphasis marks, link targets and the bars of tables. No
// markup is ever made into elements; what is shown is text, cut from the quote by position, so that marks stay in place.
// Positions here are UTF-16 units of the quote.

const BLOCKS =
  "address|article|aside|blockquote|button|caption|dd|details|div|dl|dt|figure|figcaption|footer|h[1-6]|header|hr|li|main|nav|ol|" +
  "p|section|summary|table|tbody|tfoot|thead|ul|tr|td|th";
const INLINE =
  "a|abbr|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|" +
  "var|wbr";
const tag = (names) => `</?(?:${names})(?:\\s[^<>]*)?/?>`;
const LABEL = String.raw`(?:[^\[\]]|\[[^\[\]]*\])*`;
const TARGET = String.raw`\]\(\s*[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"]*")?\)`;
const TOKEN = new RegExp(
  [
    "(?<tick>`+)(?<code>[^`]+)\\k<tick>(?!`)",
    "(?<comment><!--[^]*?-->)",
    `(?<breaks>(?:${tag("br")}|${tag(BLOCKS)})(?:\\s*(?:${tag("br")}|${tag(BLOCKS)}))*[ \\t]*\\r?\\n?)`,
    `(?<tag>${tag(INLINE)})`,
    "<(?<address>https?:[^\\s<>]+|[^\\s<>@]+@[^\\s<>@]+)>",
    `(?<opening>!?\\[(?=${LABEL}${TARGET}))`,
    `(?<closing>${TARGET})`,
    "\\\\(?<escaped>[!-/:-@[-`{-~])",
    "(?<bar> ?\\|[ \\t]*)",
    "(?<entity>&(?:#\\d{1,7}|#x[\\da-f]{1,6}|[a-z]{2,8});)",
    "(?<run>\\*{1,3}|_{1,3}|~~)",
  ].join("|"),
  "gi",
);
const ANY = `(?:<!--[^]*?-->|${tag(`br|${BLOCKS}|${INLINE}`)})`;
/** Every tag and comment of HTML in a text; where a line holds nothing else, the whole line. */
export const TAGS = new RegExp(`^(?:[ \\t]*${ANY})+[ \\t]*\\r?\\n|${ANY}`, "gim");
// What a plain text hardly holds: tags of layout or with an attribute, a link with its target, bold words, cells.
const EVIDENCE =
  /<br\s*\/?>|<\/?(?:strong|em|span|p|div|ul|ol|li|t[dhr])>|<[a-z]+ [a-z-]+=["']|\]\(\s*(?:[a-z]+:|[/#.])|\*\*[^\s*][^*]*\*\*|\S[ \t]{1,99}\|[ \t]+\S|&(?:nbsp|amp);/i;
const ENTITIES = {
  amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", copy: "©", reg: "®", trade: "™", sect: "§", para: "¶", deg: "°",
  euro: "€", pound: "£", yen: "¥", ndash: "–", mdash: "—", hellip: "…", bull: "•", middot: "·", times: "×", lsquo: "‘", rsquo: "’",
  ldquo: "“", rdquo: "”", laquo: "«", raquo: "»",
};
const CELL = "\u2003"; // between two cells; other space would be drawn as one
const formats = new Map();

/** Remember in which format each document is written, as far as the service says. */
export function learnFormats(documents) {
  for (const { id, format } of documents) if (format) formats.set(id, format);
}

/** Whether a quote is of a Markdown document; of a document of unknown format it is judged by its looks. */
const isMarkdown = ({ document, quote }) =>
  formats.has(document) ? formats.get(document) === "markdown" : EVIDENCE.test(quote);

/** A quote that is cut by positions and shows no markup. */
export class ShownWords {
  constructor(citation) {
    this.quote = citation.quote;
    this.pieces = isMarkdown(citation) ? piecesOf(citation.quote) : [];
  }

  /** What is shown of a stretch; what stands for a piece of markup belongs to the stretch in which it begins. */
  slice(from, to) {
    let shown = "";
    let cursor = from;
    for (const piece of this.pieces) {
      if (piece.to <= cursor) continue;
      if (piece.from >= to) break;
      shown += this.quote.slice(cursor, Math.max(piece.from, cursor));
      if (piece.from >= from) shown += piece.shown;
      cursor = piece.to;
    }
    return shown + this.quote.slice(cursor, Math.max(to, cursor));
  }
}

/** The words of a quote in one string, as they are read out and copied. */
export function wordsOf(citation) {
  const words = new ShownWords(citation);
  if (!words.pieces.length) return citation.quote;
  return words
    .slice(0, citation.quote.length)
    .replace(/[ \t]+/g, " ")
    .replace(/ ?(\r?\n) ?/g, "$1")
    .trim();
}

/** Where a stretch of a Markdown document holds marks that say nothing: those of emphasis, code and escapes, link targets. */
export const marksIn = (text, from, to) =>
  piecesOf(text.slice(from, to))
    .map((piece) => ({ from: from + piece.from, to: from + piece.to, shown: piece.shown }))
    .filter((mark) => !mark.shown && !/[<>|]/.test(text.slice(mark.from, mark.to)));

/** The stretches of a text that are markup, in order, each with what is shown in its place. */
function piecesOf(text) {
  const pieces = [];
  const put = (from, to, shown = "") => pieces.push({ from, to, shown });
  const runs = [];
  let links = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [from, to] = [match.index, match.index + match[0].length];
    const { tick, address, opening, closing, escaped, bar, breaks, entity, run } = match.groups;
    if (tick) {
      put(from, from + tick.length);
      put(to - tick.length, to);
    } else if (address || escaped) {
      put(from, from + 1);
      if (address) put(to - 1, to);
    } else if (closing) {
      if (links > 0) put(from, to);
      links = Math.max(links - 1, 0);
    } else if (run) {
      runs.push({ from, to, run });
    } else if (entity) {
      if (decoded(entity)) put(from, to, decoded(entity));
    } else {
      links += opening ? 1 : 0;
      put(from, to, (breaks || bar) && isWithin(text, from, to) ? (bar ? CELL : "\n") : "");
    }
  }
  return [...pieces, ...emphasis(text, runs)].sort((one, other) => one.from - other.from);
}

const isWithin = (text, from, to) => /\S/.test(text.slice(0, from)) && /\S/.test(text.slice(to));

/** The runs of asterisks and the like that begin and end emphasis; "2*3" and "snake_case" hold none. */
function emphasis(text, runs) {
  const open = [];
  const marks = [];
  for (const one of runs) {
    const [before, after] = [text[one.from - 1] ?? " ", text[one.to] ?? " "];
    const begun = open.findLastIndex(({ run }) => run === one.run);
    if (/\S/.test(before) && !/\w/.test(after) && begun >= 0) {
      marks.push(open[begun], one);
      open.length = begun;
    } else if (/\S/.test(after) && !/\w/.test(before)) {
      open.push(one);
    } else if (/\S/.test(before) && !/\w/.test(after)) {
      open.push(one);
    }
  }
  // Bold words may begin or end outside of the quote.
  const cut = open.filter(({ run }) => run === "**");
  return [...marks, ...cut].map(({ from, to }) => ({ from, to, shown: "" }));
}

function decoded(entity) {
  const name = entity.slice(1, -1).toLowerCase();
  if (!name.startsWith("#")) return ENTITIES[name] ?? "";
  const point = name.startsWith("#x") ? parseInt(name.slice(2), 16) : Number(name.slice(1));
  return point >= 32 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : "";
}
