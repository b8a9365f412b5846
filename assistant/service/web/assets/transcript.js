// The conversation as plain text: what is copied from an answer, and what is saved of them all.

import { showsEnds } from "./citations.js";
import { element } from "./elements.js";
import { longDate, t } from "./locale.js";
import { wordsOf } from "./markup.js";
import { noteText } from "./notes.js";

const RULE = "―".repeat(30);

export const linkOf = (citation) => new URL(citation.url, location.href).href;

/** Each quote with its title, section path, date and link, as it is pasted into a letter. */
export function referenceText({ citations }) {
  return citations
    .map((citation) => {
      const parts = [citation.title, citation.section_path.join(" › "), citation.date ? longDate(citation.date) : ""];
      return `“${wordsOf(citation)}”\n— ${parts.filter(Boolean).join(", ")}\n${linkOf(citation)}`;
    })
    .join("\n\n");
}

/** Questions and answers in order, under the name of the organisation and today's date. */
export function transcriptOf(turns, organisation) {
  const today = longDate(isoDate(new Date()));
  const parts = turns.filter(({ answer }) => answer).map(({ question, answer }) => turnText(question, answer));
  return [`${organisation} · ${today}\n${location.origin}/`, ...parts].join(`\n\n${RULE}\n\n`) + "\n";
}

function turnText(question, answer) {
  const understood = answer.standalone_question !== answer.question ? t("understood", answer.standalone_question) : "";
  const reply = [
    noteText(answer.note),
    answer.derived ? t("derived", answer.derived) : "",
    showsEnds(answer) ? t("ends", answer.derived) : "",
    answer.ambiguous ? t("readings", answer.citations.length) : "",
    referenceText(answer),
    answer.unanswered.length ? t("unanswered", answer.unanswered.join("; ")) : "",
  ];
  return [[`${t("you")} ${question}`, understood].filter(Boolean).join("\n"), ...reply].filter(Boolean).join("\n\n");
}

/** Hand a text to the reader as a file. */
export function saveText(text, name) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export const fileName = () => `${t("conversation")} ${isoDate(new Date())}.txt`;

const isoDate = (date) => [date.getFullYear(), padded(date.getMonth() + 1), padded(date.getDate())].join("-");
const padded = (number) => String(number).padStart(2, "0");
