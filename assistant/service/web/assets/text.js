// A document's text as a reader sees it: its sections, headings and blocks, with a quote and its answering words marked.
// The text content of the article is the document's text, character for character; what a reader need not see
// (indentation, blank lines, raw bullets, the tags, emphasis marks and link targets of Markdown) is hidden, never left out.

import { blocksOf } from "./blocks.js";
import { CodePoints } from "./codepoints.js";
import { element } from "./elements.js";
import { marksIn, TAGS } from "./markup.js";

const UNMARKED = { quoted: [], answering: [] };
const HEADING_MARKS = /^[#\s]*$/;
const HEADING_TAG = /^(?:\s*<h[1-6][^<>]*>\s*)?$/i; // it belongs to what stands above
const FRONT_MATTER = /^---\r?\n(?:.*\r?\n)*?---\r?\n/;
const LABEL = /^\(?[\da-zA-Z]{1,4}[.)]\s/;

/** A drawn document: `article` to be shown, `headings` by section number, and `mark` to mark a place in it. */
export class DrawnText {
  constructor(document) {
    this.document = document;
    this.points = new CodePoints(document.text);
    this.isMarkdown = document.format === "markdown";
    this.records = [];
    this.headings = [];
    this.marked = [];
    this.article = element("article", { class: "text", lang: document.language || null });
    this.drawSection(0, this.article, 0);
  }

  /** One section: its heading, its own text, its subsections, in the order of the text; ends where the section ends. */
  drawSection(number, parent, depth) {
    const { document, points } = this;
    const section = document.sections[number];
    const end = points.unit(section.end);
    let cursor = this.drawHeading(number, parent, depth);
    for (const child of section.children) {
      const start = points.unit(document.sections[child].start);
      this.drawBlocks(cursor, start, parent);
      const node = element("section");
      parent.append(node);
      cursor = this.drawSection(child, node, depth + 1);
      if (this.headings[child]) node.setAttribute("aria-labelledby", this.headings[child].id);
    }
    this.drawBlocks(cursor, end, parent);
    return end;
  }

  /** The printed heading, without the marks that make it one ("## ", "<h2>"); returns where the section's own text goes on. */
  drawHeading(number, parent, depth) {
    const { document, points, headings } = this;
    const section = document.sections[number];
    const [start, from, to] = [section.start, section.heading_start, section.heading_end].map((at) => points.unit(at));
    const begun = points.text.lastIndexOf("\n", from - 1) + 1;
    const line = Math.max(begun, start);
    if (to <= from || !HEADING_TAG.test(points.text.slice(begun, line)) || !HEADING_MARKS.test(points.text.slice(line, from))) {
      return start;
    }
    this.drawBlocks(start, line, parent);
    // The title of the document stands above it as the panel's heading already.
    const heading = number ? element(`h${Math.min(depth + 2, 6)}`, { id: `section-${number}` }) : element("p", { class: "title" });
    headings[number] = heading;
    parent.append(heading);
    this.record(heading, { from: line, to, shown: from, end: to });
    return to;
  }

  drawBlocks(from, to, parent) {
    const { points } = this;
    const matter = from === 0 ? (FRONT_MATTER.exec(points.text.slice(from, to))?.[0].length ?? 0) : 0;
    if (matter) this.drawBlock({ kind: "matter", from, to: matter, shown: from, end: matter }, parent);
    for (const block of blocksOf(points.text, from + matter, to)) this.drawBlock(block, parent);
  }

  drawBlock(block, parent) {
    const shown = this.points.text.slice(block.shown, block.end);
    const node = element("p", { class: classOf(block, shown) });
    if (block.bullet && !LABEL.test(shown.slice(block.bullet))) node.dataset.bullet = "•";
    parent.append(node);
    this.record(node, { ...block, shown: block.shown + (block.bullet ?? 0) });
  }

  record(node, { from, to, shown, end }) {
    const { text } = this.points;
    const markup = this.isMarkdown ? [...tagsIn(text, from, to), ...marksIn(text, shown, end)] : [];
    const record = { node, from, to, shown, end, markup };
    this.records.push(record);
    this.fill(record, UNMARKED);
  }

  /** The text of a block: what is shown, between two hidden margins, cut where a mark begins or ends. */
  fill({ node, from, to, shown, end, markup }, marks) {
    const { text } = this.points;
    const within = (ranges, start, stop) => ranges.some((range) => range.from <= start && stop <= range.to);
    const cuts = [...marks.quoted, ...marks.answering, ...markup].flatMap((range) => [range.from, range.to]);
    const edges = [...new Set([from, shown, end, to, ...cuts.filter((cut) => from < cut && cut < to)])].sort((a, b) => a - b);
    let quote = null;
    node.replaceChildren();
    for (const [index, start] of edges.slice(0, -1).entries()) {
      const stop = edges[index + 1];
      const hidden = start < shown || start >= end ? "margin" : within(markup, start, stop) ? hiding(text, start, stop) : "";
      let piece = hidden ? element("span", { class: hidden }, text.slice(start, stop)) : text.slice(start, stop);
      if (within(marks.answering, start, stop)) piece = element("mark", { class: "answering" }, piece);
      if (!within(marks.quoted, start, stop)) {
        quote = null;
        node.append(piece);
      } else if (quote) {
        quote.append(piece);
      } else {
        quote = element("mark", { class: "quoted" }, piece);
        node.append(quote);
      }
    }
  }

  /** Mark a place and take away the marks of the one before. */
  mark(place) {
    const marks = marksOf(this.points, place);
    for (const record of this.marked) this.fill(record, UNMARKED);
    this.marked = this.records.filter(({ from, to }) => marks.quoted.some((range) => range.from < to && from < range.to));
    for (const record of this.marked) this.fill(record, marks);
  }
}

function marksOf(points, { start, end, highlights = [] }) {
  if (end <= start) return UNMARKED;
  const range = (mark) => ({ from: points.unit(mark.start), to: points.unit(mark.end) });
  return { quoted: [range({ start, end })], answering: highlights.map(range) };
}

const tagsIn = (text, from, to) =>
  Array.from(text.slice(from, to).matchAll(TAGS), (tag) => ({ from: from + tag.index, to: from + tag.index + tag[0].length }));

/** A tag is hidden; one that breaks the line breaks it, where the text has no line end of its own there. */
const hiding = (text, start, stop) =>
  /^<br/i.test(text.slice(start, stop)) && !/^[ \t]*\r?\n/.test(text.slice(stop, stop + 20)) ? "break" : "margin";

function classOf(block, shown) {
  const kind = /^[=\-~*_#]{3,}$/.test(shown) ? "rule" : /^(?:<[^<>]+>\s*)+$/.test(shown) ? "tags" : block.kind;
  return `${kind}${block.flows ? " flows" : ""}${block.depth ? ` depth-${block.depth}` : ""}`;
}
