// An answer as the API gives it → what stands in the conversation, and what is copied from it.

import { CodePoints } from "./codepoints.js";
import { copy, element, outside, unseen } from "./elements.js";
import { confidenceWord, longDate, percent, t } from "./locale.js";

// The word says how sure; the dots repeat it at a glance, without colour.
const DOTS = { sure: "●●●", likely: "●●○", unsure: "●○○" };
const QUIET_NOTE = "These documents do not say.";

/** The answer's part of a turn; `actions` are `openSource(event, citation)` and `say(text)`. */
export function answerView(answer, number, { contact, actions }) {
  const heading = element("h2", { id: `answer-${number}`, tabindex: "-1" }, headingOf(answer));
  if (answer.answered && !answer.ambiguous) heading.className = "visually-hidden";
  return element(
    "div",
    { class: `answer ${answer.status}` },
    heading,
    answer.note && answer.note !== QUIET_NOTE ? element("p", { class: "note" }, answer.note) : null,
    answer.derived ? element("p", { class: "derived" }, t("derived", answer.derived)) : null,
    quotesOf(answer, actions),
    unansweredOf(answer),
    answer.answered ? footOf(answer, actions) : null,
    closestOf(answer, actions),
    !answer.answered && contact ? element("p", { class: "contact" }, contact) : null,
  );
}

/** What is said to a screen reader when the answer arrives. */
export const announcementOf = (answer) =>
  answer.answered
    ? `${headingOf(answer)}: ${answer.citations.map((citation) => citation.quote).join(" ")}`
    : headingOf(answer);

/** Words the question was understood with, where they are not the person's own. */
export function understoodOf(answer) {
  return [
    answer.standalone_question !== answer.question
      ? element("p", { class: "understood" }, t("understood", answer.standalone_question))
      : null,
    answer.corrections.length ? element("p", { class: "understood" }, t("readAs", answer.corrections.join(", "))) : null,
  ].filter(Boolean);
}

function headingOf(answer) {
  if (!answer.answered) return t("notFound");
  return answer.ambiguous ? t("readings", answer.citations.length) : t("answer");
}

function quotesOf(answer, actions) {
  const figures = answer.citations.map((citation, index) => {
    const before = answer.citations[index - 1];
    const same = before?.document === citation.document && samePath(before, citation) && !answer.ambiguous;
    return quoteFigure(citation, index + 1, { same, several: answer.citations.length > 1, actions });
  });
  if (figures.length < 2) return figures[0];
  return element("ol", { class: "quotes" }, figures.map((figure) => element("li", {}, figure)));
}

const samePath = (one, other) => one.section_path.join("\n") === other.section_path.join("\n");

function quoteFigure(citation, number, { same, several, actions }) {
  return element(
    "figure",
    { class: `quote${several ? " several" : ""}${same ? " same" : ""}` },
    element("blockquote", { cite: citation.url }, element("p", {}, markedQuote(citation))),
    element("figcaption", {}, chipOf(citation, number, same, actions), same ? null : originOf(citation)),
  );
}

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
  // A mark on every word says nothing: then the quote itself is the answer.
  if (pieces.length === 2 && pieces[0] === "" && cursor === points.length) pieces[1].className = "whole";
  return [...pieces, points.slice(cursor, points.length)];
}

function chipOf(citation, number, same, actions) {
  const path = citation.section_path.join(" › ") || citation.title;
  return element(
    "a",
    {
      class: "chip",
      href: citation.url,
      title: same ? path : null,
      onclick: (event) => actions.openSource(event, citation),
    },
    unseen(`${t("source")} `),
    element("span", { class: "number" }, String(number)),
    same ? unseen(` ${path}`) : element("span", { class: "path" }, ` ${path}`),
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

const unansweredOf = ({ unanswered }) =>
  unanswered.length ? element("p", { class: "unanswered" }, t("unanswered", unanswered.join("; "))) : null;

function footOf(answer, actions) {
  const { level, word } = confidenceWord(answer.confidence);
  const number = t("confidence", percent(answer.confidence));
  return element(
    "p",
    { class: "foot" },
    element(
      "span",
      { class: `confidence ${level}`, title: number, tabindex: "0" },
      element("span", { class: "dots", "aria-hidden": "true" }, DOTS[level]),
      word,
      element("span", { class: "visually-hidden" }, ` (${number})`),
    ),
    copyButton(t("copy"), () => referenceText(answer), actions),
    copyButton(t("copyLink"), () => linkOf(answer.citations[0]), actions),
  );
}

function copyButton(label, text, actions) {
  const button = element("button", { type: "button", class: "quiet small" }, label);
  button.addEventListener("click", async () => {
    const done = await copy(text()).then(() => t("copied"), () => t("copyFailed"));
    button.textContent = done;
    actions.say(done);
    setTimeout(() => (button.textContent = label), 2000);
  });
  return button;
}

const linkOf = (citation) => new URL(citation.url, location.href).href;

/** Each quote with its title, section path, date and link, as it is pasted into a letter. */
export function referenceText(answer) {
  return answer.citations
    .map((citation) => {
      const parts = [citation.title, citation.section_path.join(" › "), citation.date ? longDate(citation.date) : ""];
      return `“${citation.quote}”\n— ${parts.filter(Boolean).join(", ")}\n${linkOf(citation)}`;
    })
    .join("\n\n");
}

/** A document is named where it changes; a passage outside all sections is linked by its document's title already. */
const namesDocument = (citations, index) =>
  citations[index].section_path.length > 0 && citations[index - 1]?.document !== citations[index].document;

function closestOf(answer, actions) {
  if (!answer.closest.length) return null;
  const list = element(
    "ul",
    { class: "closest" },
    answer.closest.map((citation, index) =>
      element(
        "li",
        {},
        element(
          "a",
          { href: citation.url, onclick: (event) => actions.openSource(event, citation) },
          citation.section_path.join(" › ") || citation.title,
        ),
        namesDocument(answer.closest, index) ? element("span", { class: "origin" }, citation.title) : null,
        answer.answered ? element("p", {}, citation.quote) : null,
      ),
    ),
  );
  if (!answer.answered) {
    return element("div", { class: "nearest" }, element("h3", {}, t("closest"), " ", element("em", {}, t("noAnswer"))), list);
  }
  return element("details", { class: "related" }, element("summary", {}, t("related", answer.closest.length)), list);
}

