// The quotes of an answer with their references: one as a quotation, several as a numbered list that names a section
// where it begins. Of a long list the first few stand there, and the rest on demand.

import { CodePoints } from "./codepoints.js";
import { element, outside, unseen } from "./elements.js";
import { longDate, t } from "./locale.js";
import { ShownWords } from "./markup.js";
import { addressOf } from "./place.js";

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
  const total = showsEnds(answer) ? Number(answer.derived) : countOf(answer, lead);
  if (items.length > MANY) return [list, fold(list, items, { lead, total: total ?? items.length - lead })];
  if (total === null) return list;
  const words = showsEnds(answer) ? t("ends", total) : t("count", items.length - lead, total);
  return [list, element("p", { class: "fold" }, element("span", { class: "count" }, words), between(answer, total, actions))];
}

/** Whether the quotes are the first and the last of more things that were counted. */
export const showsEnds = ({ citations, derived, ambiguous }) =>
  !ambiguous && citations.length === 2 && Number(derived) > 2 && citations[0].document === citations[1].document;

/** Where everything between the first and the last quote stands. */
function between(answer, total, actions) {
  if (!showsEnds(answer)) return null;
  const [{ document, start }, { end }] = answer.citations;
  const place = { document, start, end };
  return element("a", { href: addressOf(place), onclick: (event) => actions.openSource(event, place) }, t("showCounted", total));
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

/** The quote's words with those that answer in <mark>; positions are code points of the document. */
function markedQuote(citation) {
  const { quote, start, highlights } = citation;
  const points = new CodePoints(quote);
  const words = new ShownWords(citation);
  const shown = (from, to) => words.slice(points.unit(from), points.unit(to));
  const pieces = [];
  let cursor = 0;
  for (const mark of [...highlights].sort((a, b) => a.start - b.start)) {
    const [from, to] = [Math.max(mark.start - start, cursor), mark.end - start];
    if (to <= from) continue;
    pieces.push(shown(cursor, from), element("mark", {}, shown(from, to)));
    cursor = to;
  }
  const rest = shown(cursor, points.length);
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
