// A stretch of text → the blocks a reader sees. Blocks tile the stretch: no character is lost, none stands twice.
// Positions here are UTF-16 units of the text.

const LINE = /[^\n]*\n|[^\n]+$/g;
const ITEM = /^\s*(?:[•‣◦▪·*+–-]\s+|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s|\([ivxlc]+\)\s)/;
const BULLET = /^[•‣◦▪·*+–-]\s+/;
const ROW = /^\s*\|/;
// A run of lines that all end near the same column was broken by its author's editor and flows again here.
const WRAPPED = { shortest: 45, longest: 100 };

/** Blocks of `text[from:to]`: kind (paragraph, item, row), the whole extent, and the extent of what is shown. */
export function blocksOf(text, from, to) {
  const blocks = [];
  let open = null;
  for (const match of text.slice(from, to).matchAll(LINE)) {
    const line = { from: from + match.index, to: from + match.index + match[0].length, text: match[0] };
    if (!line.text.trim()) {
      extend(blocks, line);
      open = null;
    } else if (open && continues(open, line)) {
      open.lines.push(line.text);
      open.to = line.to;
    } else {
      open = { kind: kindOf(line.text), from: line.from, to: line.to, lines: [line.text] };
      blocks.push(open);
    }
  }
  return blocks.map((block) => finished(text, block));
}

const kindOf = (line) => (ROW.test(line) ? "row" : ITEM.test(line) ? "item" : "paragraph");

// A blank line belongs to the block before it; at the beginning it is a block of its own that shows nothing.
function extend(blocks, line) {
  const last = blocks.at(-1);
  if (last) last.to = line.to;
  else blocks.push({ kind: "blank", from: line.from, to: line.to, lines: [] });
}

function continues(open, line) {
  const kind = kindOf(line.text);
  if (kind === "row" || open.kind === "row") return kind === open.kind;
  return kind === "paragraph" && open.lines.at(-1).trimEnd().length <= WRAPPED.longest;
}

function finished(text, { kind, from, to, lines }) {
  const raw = text.slice(from, to);
  const lead = raw.length - raw.trimStart().length;
  const shown = kind === "blank" ? to : from + lead;
  const end = kind === "blank" ? to : from + raw.trimEnd().length;
  const bullet = kind === "item" ? (BULLET.exec(text.slice(shown, end))?.[0].length ?? 0) : 0;
  const inner = lines.slice(0, -1).map((line) => line.trimEnd().length);
  const flows = inner.length > 0 && inner.every((n) => n >= WRAPPED.shortest && n <= WRAPPED.longest);
  return { kind, from, to, shown, end, bullet, flows, depth: kind === "item" ? Math.min(Math.floor(lead / 4), 4) : 0 };
}
