// The source beside the chat: a document, where in it the quote stands, its outline, and the way back.

import { getDocument } from "./api.js";
import { copy, element, outside } from "./elements.js";
import { longDate, t } from "./locale.js";
import { addressOf } from "./place.js";
import { DrawnText } from "./text.js";

const ROOMY = 560; // pixels

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
    this.shown.mark(place);
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
    this.shown = new DrawnText(document);
    this.where = element("p", { class: "where" });
    this.outline = this.drawOutline();
    const scroll = element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": document.title }, this.shown.article, licenceOf(document));
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

  /** Which section the quote stands in, in words and in the outline, and a link that others can open. */
  describe() {
    const { document } = this.shown;
    const { start, end, named, lost } = this.place;
    const missing = lost || (named !== undefined && start >= document.characters);
    const quoted = end > start && !missing;
    const current = quoted ? sectionAt(document, start) : 0;
    const labels = pathOf(document, current);
    const link = element("button", { type: "button", class: "quiet small" }, t("copyLink"));
    link.addEventListener("click", () => this.copyLink(link));
    this.where.replaceChildren(
      ...(quoted
        ? [element("span", {}, [...labels, t("characters", start, Math.min(end, document.characters))].join(" · ")), link]
        : []),
      ...(missing ? [element("span", { class: "missing", role: "alert" }, t("noPlace", named, document.characters))] : []),
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
