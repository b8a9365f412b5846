// The quotes of an answer with their references: one as a quotation, several as a numbered list that names a section
// where it begins. Of a long list the first few stand there, and the rest on demand.

import { CodePoints } from "./codepoints.js";
import { element, outside, unseen } from "./elements.js";
import { longDate, t } from "./locale.js";

const MANY = 7; // quotes; more are folded
const FIRST = 5;
// What a mark on a whole quote leaves out: an item's label before it, punctuation after it.
const LABEL = /^\s*(?:\(?[\p{L}\d]{1,5}[.)]+\s*)?$/u;
const ITEM = /^\(?[\p{L}\d]{1,5}[.)]\s/u;
const ENDING = /^[\s.,;:。、；]*$/u;

/** All quotes of an answer, in order; null when there is none. */
export function quotesOf(answer, number, actions) {
  const { citations, ambiguous } = answer;
  if (!citations.length) return null;
  if (citations.length === 1) return quotation(citations[0], actions);
  const items = citations.map((citation, index) => {
    const begins = ambiguous || !samePlace(citations[index - 1], citation);
    return element("li", {}, begins ? sectionHead(citation, ambiguous) : null, numbered(citation, index + 1, actions));
  });
  const list = element("ol", { class: "quotes", id: `quotes-${number}` }, items);
  const lead = isLead(citations) ? 1 : 0;
  const total = countOf(answer, lead);
  if (items.length > MANY) return [list, fold(list, items, { lead, total: total ?? items.length - lead })];
  if (total === null) return list;
  return [list, element("p", { class: "fold" }, element("span", { class: "count" }, t("count", items.length - lead, total)))];
}

const isItem = ({ quote }) => ITEM.test(quote);

/** Whether the first quote only leads to the items after it, and is none itself. */
const isLead = ([first, ...others]) => !isItem(first) && others.every(isItem);

/** Of how many things these quotes are some or all: as the service counted them, or the items of one list; else null. */
function countOf({ citations, ambiguous, derived }, lead) {
  if (ambiguous || !citations.every((citation) => samePlace(citations[0], citation))) return null;
  if (/^\d+$/.test(derived ?? "")) return Number(derived);
  return citations.slice(lead).every(isItem) ? citations.length - lead : null;
}

const samePlace = (one, other) =>
  one?.document === other.document && one.section_path.join("\n") === other.section_path.join("\n");

export const pathOf = (citation) => citation.section_path.join(" › ") || citation.title;

function quotation(citation, actions) {
  return element(
    "figure",
    { class: "quote" },
    words(citation),
    element("figcaption", {}, chip(citation, 1, true, actions), originOf(citation)),
  );
}

function numbered(citation, number, actions) {
  return element(
    "figure",
    { class: "quote several" },
    words(citation),
    element("figcaption", {}, chip(citation, number, false, actions)),
  );
}

/** Where the quotes that follow stand; rival readings each have a heading. */
function sectionHead(citation, ambiguous) {
  return element(
    "div",
    { class: "section-head" },
    element(ambiguous ? "h3" : "p", {}, pathOf(citation)),
    originOf(citation),
  );
}

/** The first few items of a list, after what leads to it, and a button for the rest. */
function fold(list, items, { lead, total }) {
  const count = element("span", { class: "count" });
  const button = element("button", { type: "button", class: "quiet small", "aria-controls": list.id });
  const show = (open) => {
    const shown = open ? items.length - lead : FIRST;
    for (const item of items.slice(lead + FIRST)) item.hidden = !open;
    count.textContent = t("count", shown, total);
    button.textContent = open ? t("showFirst", FIRST) : t("showAll", items.length - lead);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => {
    const opening = button.getAttribute("aria-expanded") !== "true";
    show(opening);
    // Reading goes on where the list went on; folding leads back to its beginning.
    items[opening ? lead + FIRST : 0].querySelector(".chip").focus();
  });
  show(false);
  return element("p", { class: "fold" }, count, button);
}

const words = (citation) => element("blockquote", { cite: citation.url }, element("p", {}, markedQuote(citation)));

/** The quote with its answering words in <mark>; positions are code points of the document. */
function markedQuote({ quote, start, highlights }) {
  const points = new CodePoints(quote);
  const pieces = [];
  let cursor = 0;
  for (const mark of [...highlights].sort((a, b) => a.start - b.start)) {
    const [from, to] = [Math.max(mark.start - start, cursor), mark.end - start];
    if (to <= from) continue;
    pieces.push(points.slice(cursor, from), element("mark", {}, points.slice(from, to)));
    cursor = to;
  }
  const rest = points.slice(cursor, points.length);
  // A mark on every word says nothing: then the quote itself is the answer.
  if (pieces.length === 2 && LABEL.test(pieces[0]) && ENDING.test(rest)) pieces[1].className = "whole";
  return [...pieces, rest];
}

function chip(citation, number, named, actions) {
  const path = pathOf(citation);
  return element(
    "a",
    {
      class: "chip",
      href: citation.url,
      title: named ? null : path,
      onclick: (event) => actions.openSource(event, citation),
    },
    unseen(`${t("source")} `),
    element("span", { class: "number" }, String(number)),
    named ? element("span", { class: "path" }, ` ${path}`) : unseen(` ${path}`),
  );
}

function originOf(citation) {
  const official = outside(citation.source_url, t("official"));
  return element(
    "span",
    { class: "origin" },
    element("cite", {}, citation.title),
    citation.date ? [" · ", element("time", { datetime: citation.date }, longDate(citation.date))] : null,
    official ? [" · ", official] : null,
  );
}
