// A note of the service in the page's language. The service says a few fixed English sentences; as in gettext, the
// sentence itself is the key under which locale.js has it in another language. A sentence that is not known stays.

import { language, NOTES, t } from "./locale.js";

export const QUIET_NOTE = "These documents do not say.";

const OPENINGS = {
  "Hello!": "greeting",
  "You are welcome.": "thanks",
  "Goodbye!": "farewell",
  "Ask in your own words; every answer is a passage of the documents, word for word, with its place.": "scope",
  "This is a search program, not a person: it answers with passages of the documents, word for word.": "identity",
};
const SUBJECTS = /^ ?Ask me about (“.*”)(?: and (\d+) more)?\.(?= For example: |$)/s;
const EXAMPLES = /^ ?For example: (.*)$/s;
const BETWEEN_TITLES = /”(?:, | and )“/g;
const LANGUAGE = /^Your question seems to be in (.+), but the documents are in (.+): please ask in (?:that language|one of those languages)\.$/;
const HAS = /^(?:item (\S+) of )?(?:section (\S+)|“(.*)”|(\S.*?)) has (?:(\d+) (paragraphs?|items)|(?:(\S+) )?(\S+) to (\S+))\.?$/s;
// The languages that the service tells apart, by their BCP 47 tags.
const TAGS =
  "af am ar be bg bn ca cs da de el en es et eu fa fi fr he hi hr hu hy id is it ja ka km ko lo lt lv mr ms ne nl no pl " +
  "pt ro ru sk sl sq sr sv sw ta te th tl tr uk ur vi zh";

/** A note as this page says it; empty where there is none. */
export function noteText(note) {
  if (!note) return "";
  const words = NOTES[language()];
  const said = (part) => (words ? translated(part, words) : null);
  const parts = note.split("; ");
  // A title or a question in a sentence may hold what else parts sentences.
  const whole = parts.length > 1 && !parts.every(said) ? said(note) : null;
  return whole ?? parts.map((part) => said(part) ?? sentence(part)).join(" ");
}

/** A sentence in the page's language, or null where it is none that is known. */
const translated = (note, words) =>
  note === QUIET_NOTE ? t("notFound") : (talk(note, words) ?? otherLanguage(note, words) ?? whatExists(note, words));

/** What is said to small talk: an opening, what the documents are about, and what may be asked. */
function talk(note, words) {
  const opening = Object.keys(OPENINGS).find((start) => note.startsWith(start));
  if (!opening) return null;
  let rest = note.slice(opening.length);
  const said = [words[OPENINGS[opening]]];
  const subjects = SUBJECTS.exec(rest);
  if (subjects) {
    said.push(words.subjects(subjects[1].slice(1, -1).split(BETWEEN_TITLES), Number(subjects[2] ?? 0)));
    rest = rest.slice(subjects[0].length);
  }
  const examples = EXAMPLES.exec(rest);
  if (examples) said.push(words.examples(examples[1]));
  return examples || !rest.trim() ? said.join(" ") : null;
}

function otherLanguage(note, words) {
  const named = LANGUAGE.exec(note);
  return named && words.otherLanguage(languageName(named[1]), named[2].split(/, | and /).map(languageName));
}

/** The English name of a language as this page calls it. */
function languageName(english) {
  const [ours, theirs] = [language(), "en"].map((tag) => new Intl.DisplayNames(tag, { type: "language" }));
  const tag = TAGS.split(" ").find((one) => theirs.of(one) === english || (one === "bn" && english === "Bengali"));
  return tag ? ours.of(tag) : english;
}

/** What exists in place of a number that does not: "section 4 has items (1) to (22)". */
function whatExists(note, words) {
  const has = HAS.exec(note);
  if (!has) return null;
  const [, item, section, title, name, amount, counted, noun, first, last] = has;
  const place = words.place({ item, section, title, name });
  return amount
    ? words.amount(place, Number(amount), counted.startsWith("item"))
    : words.range(place, noun ?? "", first, last);
}

/** An English sentence with its capital and its full stop. */
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?:…]$/.test(text) ? "" : ".");
