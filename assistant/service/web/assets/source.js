// The source beside the chat: a document by its section tree, with the quote and the answering words marked.
// The text content of the article is the document's text, character for character; what a reader need not see
// (indentation, blank lines, raw bullets) is hidden, never left out.

import { getDocument } from "./api.js";
import { blocksOf } from "./blocks.js";
import { CodePoints } from "./codepoints.js";
import { copy, element, outside } from "./elements.js";
import { longDate, t } from "./locale.js";
import { addressOf } from "./place.js";

const UNMARKED = { quoted: [], answering: [] };
const ROOMY = 560; // pixels
const HEADING_MARKS = /^[#\s]*$/;
const FRONT_MATTER = /^---\r?\n(?:.*\r?\n)*?---\r?\n/;
const LABEL = /^\(?[\da-zA-Z]{1,4}[.)]\s/;

export class Source {
  /** `panel` is filled here; `onClose` is called when the reader closes it. */
  constructor(panel, { onClose, say }) {
    this.panel = panel;
    this.onClose = onClose;
    this.say = say;
    this.shown = null;
    this.place = null;
    new ResizeObserver(() => this.makeRoom()).observe(panel);
  }

  get open() {
    return this.place !== null;
  }

  /** Show a place: `{document, start, end, highlights}` in code points. */
  async show(place) {
    this.place = place;
    this.panel.hidden = false;
    if (this.shown?.document.id !== place.document && !(await this.load(place))) return;
    this.shown.marks = marksOf(this.shown.points, place);
    this.fillMarked();
    this.describe();
    this.reveal();
  }

  hide() {
    this.place = null;
    this.panel.hidden = true;
  }

  /** Draw everything again, after the language has changed. */
  async redraw() {
    if (!this.place) return;
    this.shown = null;
    await this.show(this.place);
  }

  async load(place) {
    this.panel.setAttribute("aria-label", t("source"));
    this.panel.replaceChildren(this.bar(), element("p", { class: "working" }, t("opening")));
    let document;
    try {
      document = await getDocument(place.document);
    } catch (refusal) {
      if (this.place === place) this.refuse(refusal, place);
      return false;
    }
    if (this.place !== place) return false;
    this.draw(document);
    return true;
  }

  refuse(refusal, place) {
    const message = refusal.status === 404 ? t("noDocument", place.document) : t("failed");
    this.shown = null;
    this.panel.replaceChildren(this.bar(), element("p", { class: "trouble", role: "alert" }, message));
  }

  bar(document) {
    return element(
      "header",
      { class: "bar" },
      element("button", { type: "button", class: "quiet back", onclick: this.onClose }, "‹ ", t("back")),
      element("h2", { tabindex: "-1" }, document?.title ?? t("source")),
      element(
        "button",
        { type: "button", class: "quiet icon close", "aria-label": t("close"), title: t("close"), onclick: this.onClose },
        "✕",
      ),
    );
  }

  draw(document) {
    const points = new CodePoints(document.text);
    this.shown = { document, points, records: [], headings: [], marks: UNMARKED, marked: [] };
    const article = element("article", { class: "text", lang: document.language || null });
    this.drawSection(0, article, 0);
    this.where = element("p", { class: "where" });
    this.outline = this.drawOutline();
    const scroll = element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": document.title }, article, licenceOf(document));
    this.pages = element("div", { class: "pages" }, this.outline, scroll);
    this.panel.replaceChildren(
      this.bar(document),
      element("div", { class: "about" }, aboutOf(document), this.where),
      this.pages,
    );
    this.makeRoom();
  }

  /** Outline at the side, open, where the panel is wide enough; folded above the text where it is not. */
  makeRoom() {
    if (!this.pages?.isConnected) return;
    const roomy = this.pages.clientWidth >= ROOMY;
    if (this.pages.classList.contains("roomy") === roomy) return;
    this.pages.classList.toggle("roomy", roomy);
    const details = this.outline.querySelector("details");
    if (details) details.open = roomy;
  }

  /** One section: its heading, its own text, its subsections, in the order of the text; ends where the section ends. */
  drawSection(number, parent, depth) {
    const { document, points } = this.shown;
    const section = document.sections[number];
    const end = points.unit(section.end);
    let cursor = this.drawHeading(number, parent, depth);
    for (const child of section.children) {
      const start = points.unit(document.sections[child].start);
      this.drawBlocks(cursor, start, parent);
      const node = element("section", { "aria-labelledby": `section-${child}` });
      parent.append(node);
      cursor = this.drawSection(child, node, depth + 1);
    }
    this.drawBlocks(cursor, end, parent);
    return end;
  }

  /** The printed heading, without the marks that make it one ("## "); returns where the section's own text goes on. */
  drawHeading(number, parent, depth) {
    const { document, points, headings } = this.shown;
    const section = document.sections[number];
    const [start, from, to] = [section.start, section.heading_start, section.heading_end].map((at) => points.unit(at));
    const line = points.text.lastIndexOf("\n", from - 1) + 1;
    if (to <= from || line < start || !HEADING_MARKS.test(points.text.slice(line, from))) return start;
    this.drawBlocks(start, line, parent);
    // The title of the document stands above it as the panel's heading already.
    const heading = number ? element(`h${Math.min(depth + 2, 6)}`, { id: `section-${number}` }) : element("p", { class: "title" });
    headings[number] = heading;
    parent.append(heading);
    this.record(heading, { from: line, to, shown: from, end: to });
    return to;
  }

  drawBlocks(from, to, parent) {
    const { points } = this.shown;
    const matter = from === 0 ? (FRONT_MATTER.exec(points.text.slice(from, to))?.[0].length ?? 0) : 0;
    if (matter) this.drawBlock({ kind: "matter", from, to: matter, shown: from, end: matter }, parent);
    for (const block of blocksOf(points.text, from + matter, to)) this.drawBlock(block, parent);
  }

  drawBlock(block, parent) {
    const shown = this.shown.points.text.slice(block.shown, block.end);
    const node = element("p", { class: classOf(block, shown) });
    if (block.bullet && !LABEL.test(shown.slice(block.bullet))) node.dataset.bullet = "•";
    parent.append(node);
    this.record(node, { ...block, shown: block.shown + (block.bullet ?? 0) });
  }

  record(node, { from, to, shown, end }) {
    const record = { node, from, to, shown, end };
    this.shown.records.push(record);
    this.fill(record, UNMARKED);
  }

  /** The text of a block: what is shown, between two hidden margins, cut where a mark begins or ends. */
  fill({ node, from, to, shown, end }, marks) {
    const { text } = this.shown.points;
    const within = (ranges, start, stop) => ranges.some((range) => range.from <= start && stop <= range.to);
    const cuts = [...marks.quoted, ...marks.answering].flatMap((range) => [range.from, range.to]);
    const edges = [...new Set([from, shown, end, to, ...cuts.filter((cut) => from < cut && cut < to)])].sort((a, b) => a - b);
    let quote = null;
    node.replaceChildren();
    for (const [index, start] of edges.slice(0, -1).entries()) {
      const stop = edges[index + 1];
      const margin = start < shown || start >= end;
      let piece = margin ? element("span", { class: "margin" }, text.slice(start, stop)) : text.slice(start, stop);
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

  fillMarked() {
    const { records, marks, marked } = this.shown;
    for (const record of marked) this.fill(record, UNMARKED);
    this.shown.marked = records.filter(({ from, to }) => marks.quoted.some((range) => range.from < to && from < range.to));
    for (const record of this.shown.marked) this.fill(record, marks);
  }

  /** Which section the quote stands in, in words and in the outline, and a link that others can open. */
  describe() {
    const { document } = this.shown;
    const { start, end } = this.place;
    const quoted = end > start;
    const current = quoted ? sectionAt(document, start) : 0;
    const labels = pathOf(document, current);
    const link = element("button", { type: "button", class: "quiet small" }, t("copyLink"));
    link.addEventListener("click", () => this.copyLink(link));
    this.where.replaceChildren(
      ...(quoted
        ? [element("span", {}, [...labels, t("characters", start, Math.min(end, document.characters))].join(" · ")), link]
        : []),
    );
    for (const entry of this.outline.querySelectorAll("a")) {
      if (Number(entry.dataset.section) === current) entry.setAttribute("aria-current", "location");
      else entry.removeAttribute("aria-current");
    }
  }

  async copyLink(button) {
    await copy(new URL(addressOf(this.place), location.href).href);
    button.textContent = t("copied");
    this.say(t("copied"));
  }

  reveal() {
    const first = this.panel.querySelector("mark.quoted");
    const scroller = this.panel.querySelector(".scroll");
    if (!first) {
      scroller.scrollTop = 0;
      return;
    }
    const marks = this.panel.querySelectorAll("mark.quoted");
    const top = first.getBoundingClientRect().top;
    const height = marks[marks.length - 1].getBoundingClientRect().bottom - top;
    const margin = Math.max((scroller.clientHeight - height) / 2, 24);
    scroller.scrollTop += top - scroller.getBoundingClientRect().top - margin;
    this.outline.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    scroller.scrollLeft = 0;
    for (const mark of marks) {
      mark.classList.remove("arrived");
      void mark.offsetWidth; // restart the animation
      mark.classList.add("arrived");
    }
  }

  focus() {
    this.panel.querySelector("h2")?.focus({ preventScroll: true });
  }

  drawOutline() {
    const { sections } = this.shown.document;
    const list = (numbers) =>
      element(
        "ol",
        {},
        numbers.map((number) =>
          element(
            "li",
            {},
            element("a", { href: `#section-${number}`, "data-section": number, onclick: (event) => this.jump(event, number) }, labelOf(sections[number])),
            sections[number].children.length ? list(sections[number].children) : null,
          ),
        ),
      );
    const top = sections[0]?.children ?? [];
    if (!top.length) return element("nav", { class: "outline", hidden: true });
    return element(
      "nav",
      { class: "outline", "aria-label": t("sections") },
      element("details", {}, element("summary", {}, t("sections")), list(top)),
    );
  }

  jump(event, number) {
    event.preventDefault();
    const heading = this.shown.headings[number];
    const scroller = this.panel.querySelector(".scroll");
    if (!heading) return;
    if (!this.pages.classList.contains("roomy")) this.outline.querySelector("details").open = false;
    scroller.scrollTop += heading.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 16;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
}

function marksOf(points, { start, end, highlights = [] }) {
  if (end <= start) return UNMARKED;
  const range = (mark) => ({ from: points.unit(mark.start), to: points.unit(mark.end) });
  return { quoted: [range({ start, end })], answering: highlights.map(range) };
}

function classOf(block, shown) {
  const kind = /^[=\-~*_#]{3,}$/.test(shown) ? "rule" : block.kind;
  return `${kind}${block.flows ? " flows" : ""}${block.depth ? ` depth-${block.depth}` : ""}`;
}

const licenceOf = ({ licence }) => (licence ? element("footer", { class: "licence" }, t("licence", licence)) : null);

/** The innermost section that holds a position. */
function sectionAt(document, position) {
  let number = 0;
  for (;;) {
    const inner = document.sections[number].children.find(
      (child) => document.sections[child].start <= position && position < document.sections[child].end,
    );
    if (inner === undefined) return number;
    number = inner;
  }
}

function pathOf(document, number) {
  const labels = [];
  for (let node = number; node; node = document.sections[node].parent) labels.unshift(labelOf(document.sections[node]));
  return labels;
}

const labelOf = (section) => section.label || t("untitled");

function aboutOf(document) {
  const parts = [document.publisher, document.date ? longDate(document.date) : ""].filter(Boolean);
  const official = outside(document.url, t("official"));
  return element("p", {}, parts.join(" · "), parts.length && official ? " · " : null, official);
}
