// An answer as the API gives it → what stands in the conversation.

import { pathOf, quotesOf } from "./citations.js";
import { copy, element } from "./elements.js";
import { feedbackView } from "./feedback.js";
import { confidenceWord, percent, t } from "./locale.js";
import { wordsOf } from "./markup.js";
import { noteText, QUIET_NOTE } from "./notes.js";
import { linkOf, referenceText } from "./transcript.js";

// What may be asked stands below a greeting as buttons.
const EXAMPLES = / For example: .*$/s;
// The word says how sure; the dots repeat it at a glance, without colour.
const DOTS = { sure: "●●●", likely: "●●○", unsure: "●○○" };

/** The answer's part of a turn; `actions` are `openSource(event, citation)`, `say(text)` and, where offered, `rate`. */
export function answerView(answer, number, { contact, samples, rating, actions }) {
  const heading = element("h2", { id: `answer-${number}`, tabindex: "-1" }, headingOf(answer));
  if (answer.answered && !answer.ambiguous) heading.className = "visually-hidden";
  return element(
    "div",
    { class: `answer ${answer.status}` },
    heading,
    ownNote(answer) && !isRemark(answer) ? element("p", { class: "note" }, noteText(ownNote(answer))) : null,
    answer.derived ? element("p", { class: "derived" }, t("derived", answer.derived)) : null,
    quotesOf(answer, number, actions),
    unansweredOf(answer),
    answer.answered ? null : closestOf(answer, actions),
    !answer.answered && !isRemark(answer) && contact ? element("p", { class: "contact" }, contact) : null,
    isRemark(answer) && samples.length && EXAMPLES.test(answer.note) ? samplesView(samples, actions) : null,
    footOf(answer, number, { rating, actions }),
    answer.answered ? closestOf(answer, actions) : null,
  );
}

/** Questions to begin with, each a button that asks it. */
export const samplesView = (samples, { ask }) =>
  element(
    "ul",
    { class: "samples" },
    samples.map((question) =>
      element("li", {}, element("button", { type: "button", class: "sample", onclick: () => ask(question) }, question)),
    ),
  );

/** What is said to a screen reader when the answer arrives. */
export function announcementOf(answer) {
  const said = [answer.derived ? t("derived", answer.derived) : "", ...answer.citations.map(wordsOf)];
  const missing = answer.unanswered.length ? t("unanswered", answer.unanswered.join("; ")) : "";
  if (answer.answered) return `${headingOf(answer)}: ${[...said, missing].filter(Boolean).join(" ")}`;
  return [headingOf(answer), isRemark(answer) ? "" : noteText(ownNote(answer))].filter(Boolean).join(" ");
}

/** Words the question was understood with, where they are not the person's own; `askAlone` asks it without them. */
export function understoodOf(answer, askAlone) {
  // What was only mended is told once, by the words that were mended.
  const mended = answer.corrections.reduce((words, correction) => words.replace(...correction.split(" → ")), answer.question);
  return [
    ![answer.question, mended].includes(answer.standalone_question)
      ? element("p", { class: "understood" }, t("understood", answer.standalone_question), " ", askAlone ? element("button", { type: "button", class: "quiet small", onclick: askAlone }, t("askAlone")) : null)
      : null,
    answer.corrections.length ? element("p", { class: "understood" }, t("readAs", answer.corrections.join(", "))) : null,
  ].filter(Boolean);
}

/** What a note says beside the fixed sentence that the page says itself. */
const ownNote = ({ note }) => (note ?? "").split("; ").filter((part) => part !== QUIET_NOTE).join("; ");

/** A note that stands for the whole answer, such as the reply to a greeting: nothing was looked for. */
const isRemark = (answer) => !answer.answered && !answer.closest.length && Boolean(ownNote(answer));

function headingOf(answer) {
  if (isRemark(answer)) return noteText(answer.note.replace(EXAMPLES, ""));
  if (!answer.answered) return t("notFound");
  return answer.ambiguous ? t("readings", answer.citations.length) : t("answer");
}

const unansweredOf = ({ unanswered }) =>
  unanswered.length ? element("p", { class: "unanswered" }, t("unanswered", unanswered.join("; "))) : null;

function footOf(answer, number, { rating, actions }) {
  const feedback = actions.rate && !isRemark(answer) ? feedbackView(answer, number, { rating, actions }) : null;
  if (!answer.answered && !feedback) return null;
  return element(
    "div",
    { class: "foot" },
    answer.answered
      ? [
          confidenceOf(answer),
          copyButton(t("copy"), () => referenceText(answer), actions),
          copyButton(t("copyLink"), () => linkOf(answer.citations[0]), actions),
        ]
      : null,
    feedback,
  );
}

function confidenceOf({ confidence }) {
  const { level, word } = confidenceWord(confidence);
  const number = t("confidence", percent(confidence));
  return element(
    "span",
    { class: `confidence ${level}`, title: number },
    element("span", { class: "dots", "aria-hidden": "true" }, DOTS[level]),
    word,
    element("span", { class: "visually-hidden" }, ` (${number})`),
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

/** A document is named where it changes; a passage outside all sections is linked by its document's title already. */
const namesDocument = (citations, index) =>
  citations[index].section_path.length > 0 && citations[index - 1]?.document !== citations[index].document;

function closestOf({ answered, closest }, actions) {
  if (!closest.length) return null;
  const entry = (citation, index) =>
    element(
      "li",
      {},
      element("a", { href: citation.url, onclick: (event) => actions.openSource(event, citation) }, pathOf(citation)),
      namesDocument(closest, index) ? element("span", { class: "origin" }, citation.title) : null,
      answered ? element("p", {}, wordsOf(citation)) : null,
    );
  const list = element("ul", { class: "closest" }, closest.map(entry));
  if (!answered) {
    return element("div", { class: "nearest" }, element("h3", {}, t("closest"), " ", element("em", {}, t("noAnswer"))), list);
  }
  return element("details", { class: "related" }, element("summary", {}, t("related", closest.length)), list);
}
