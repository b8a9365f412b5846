// The conversation: what was asked, what came back, and the box to ask in. It is kept for the tab, so that a reload or a
// look at a source loses nothing, and sent along with each question, so that follow-ups are understood.

import { answerView, announcementOf, samplesView, understoodOf } from "./answer.js";
import { postQuestion } from "./api.js";
import { countPoints } from "./codepoints.js";
import { element, passing, recall, remember, unseen } from "./elements.js";
import { longDate, t } from "./locale.js";
import { addressOf } from "./place.js";
import { fileName, saveText, transcriptOf } from "./transcript.js";

const TURNS_SENT = 20;
const DOCUMENTS_LISTED = 8;
const PATIENCE = 150; // milliseconds before "Reading …" appears: under that nothing flickers

export class Chat {
  constructor({ log, form, site, documents, openSource, say, onChange }) {
    Object.assign(this, { log, form, site, documents, say, onChange });
    this.actions = { openSource, say, ask: (question) => this.ask(question) };
    this.box = form.elements.question;
    this.turns = restored();
    this.conversation = recall(passing, "conversation-id");
    this.busy = false;
    this.listen();
  }

  listen() {
    this.form.hidden = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(this.box.value);
    });
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    this.box.addEventListener("input", () => this.measure());
    for (const name of ["online", "offline"]) window.addEventListener(name, () => this.measure());
  }

  pressed(event) {
    // While an input method composes Japanese, Enter ends the composition and sends nothing.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.key === "ArrowUp" && !this.box.value && this.turns.length) {
      event.preventDefault();
      this.box.value = this.turns.at(-1).question;
      this.measure();
    }
  }

  /** Fit the box to its text, and say what keeps the question from being sent. */
  measure() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight + 2}px`;
    const most = this.site.max_question_characters;
    const length = countPoints(this.box.value.trim());
    const trouble = !navigator.onLine ? t("offline") : length > most ? t("tooLong", length, most) : "";
    const counter = this.form.querySelector("#counter");
    if (counter.textContent !== trouble) counter.textContent = trouble;
    this.form.querySelector(".send").disabled = this.busy || !length || Boolean(trouble);
    return !trouble && length > 0;
  }

  /** Ask a question; `alone`, it is read without what was said before it. */
  async ask(text, { alone = false } = {}) {
    if (this.busy) return;
    if (!this.measure() && text === this.box.value) return;
    const turn = { question: text.trim(), alone };
    this.turns.push(turn);
    if (text === this.box.value) this.box.value = "";
    this.render();
    await this.answer(turn);
  }

  /** Fetch the answer of the last turn; when that fails the question is back in the box. */
  async answer(turn) {
    this.busy = true;
    this.measure();
    delete turn.trouble;
    this.renderTurn(turn, {});
    let stage = t("reading", this.documents.length);
    let patient = true;
    const show = () => this.renderTurn(turn, { stage });
    const patience = setTimeout(() => {
      patient = false;
      show();
    }, PATIENCE);
    const onReading = (sections) => {
      stage = stageOf(sections) ?? stage;
      if (!patient) show();
    };
    try {
      turn.answer = await this.fetchAnswer(turn, onReading);
    } catch (refusal) {
      turn.trouble = troubleOf(refusal);
      if (!this.box.value) this.box.value = turn.question;
    }
    clearTimeout(patience);
    this.busy = false;
    if (!this.turns.includes(turn)) return;
    this.keep();
    this.renderTurn(turn, {});
    this.arrived(turn);
  }

  /** The conversation so far goes along, so an id that the service has forgotten costs nothing: another one begins. */
  async fetchAnswer(turn, onReading) {
    const history = turn.alone ? [] : this.historyBefore(turn);
    const conversation = turn.alone ? null : this.conversation;
    const reply = await postQuestion(turn.question, history, { conversation, onReading }).catch((refusal) => {
      if (refusal.status !== 404 || !conversation) throw refusal;
      return postQuestion(turn.question, history, { onReading });
    });
    if (this.turns.includes(turn)) this.conversation = reply.conversation;
    return reply.answer;
  }

  arrived(turn) {
    this.measure();
    this.say(turn.answer ? announcementOf(turn.answer) : turn.trouble);
    this.scrollTo(turn);
    if (turn.answer) this.articleOf(turn).querySelector("h2").focus({ preventScroll: true });
    else this.box.focus({ preventScroll: true });
  }

  historyBefore(turn) {
    const earlier = this.turns.slice(0, this.turns.indexOf(turn)).filter((one) => one.answer);
    return earlier.slice(-TURNS_SENT).flatMap(({ question, answer }) => [
      { role: "user", content: question },
      {
        role: "assistant",
        content: answer.answer || answer.note || "",
        citations: answer.citations.map(({ document, start, end }) => ({ document, start, end })),
      },
    ]);
  }

  renew() {
    this.turns = [];
    this.conversation = null;
    this.keep();
    this.render();
    this.box.focus();
  }

  save(organisation) {
    saveText(transcriptOf(this.turns, organisation), fileName());
  }

  keep() {
    const kept = this.turns.filter((turn) => turn.answer);
    remember(passing, "conversation", kept.length ? JSON.stringify(kept) : null);
    remember(passing, "conversation-id", this.conversation);
  }

  render() {
    this.box.placeholder = t("placeholder", this.documents.length);
    this.log.replaceChildren(...(this.turns.length ? this.turns.map((turn) => this.turnView(turn, {})) : [this.welcome()]));
    this.scrollTo(this.turns.at(-1));
    this.measure();
    this.onChange(this.turns.length);
  }

  renderTurn(turn, state) {
    this.articleOf(turn)?.replaceWith(this.turnView(turn, state));
    this.scrollTo(turn);
  }

  /** The question at the top of the view, so that reading starts where the answer starts. */
  scrollTo(turn) {
    const article = turn && this.articleOf(turn);
    this.log.scrollTop = article ? article.offsetTop : 0;
  }

  articleOf(turn) {
    return this.log.children[this.turns.indexOf(turn)];
  }

  turnView(turn, { stage = "" }) {
    const number = this.turns.indexOf(turn) + 1;
    const { answer, trouble, rating } = turn;
    const { contact, sample_questions: samples } = this.site;
    const rate = this.site.feedback ? (given) => this.rated(turn, given) : null;
    const actions = { ...this.actions, rate };
    const askAlone = this.historyBefore(turn).length && !turn.alone ? () => this.ask(turn.question, { alone: true }) : null;
    return element(
      "article",
      { class: "turn" },
      element("p", { class: "question" }, unseen(`${t("you")} `), turn.question),
      answer ? understoodOf(answer, askAlone) : null,
      stage ? element("p", { class: "working" }, stage) : null,
      answer ? answerView(answer, number, { contact, samples, rating, actions }) : null,
      trouble ? this.troubleView(turn) : null,
    );
  }

  rated(turn, rating) {
    turn.rating = rating;
    this.keep();
  }

  troubleView(turn) {
    const again = () => {
      if (this.busy) return;
      if (this.box.value === turn.question) this.box.value = "";
      this.answer(turn);
    };
    return element(
      "p",
      { class: "trouble" },
      turn.trouble,
      " ",
      element("button", { type: "button", class: "quiet", onclick: again }, t("again")),
    );
  }

  welcome() {
    const samples = this.site.sample_questions;
    return element(
      "section",
      { class: "welcome", "aria-labelledby": "welcome" },
      element("h2", { id: "welcome" }, t("welcome")),
      element("p", { class: "promise" }, t("promise")),
      samples.length ? [element("h3", {}, t("samples")), samplesView(samples, this.actions)] : null,
      element("h3", {}, t("documents", this.documents.length)),
      this.documentList(this.documents.slice(0, DOCUMENTS_LISTED)),
      this.documents.length > DOCUMENTS_LISTED
        ? element(
            "details",
            { class: "more" },
            element("summary", {}, t("moreDocuments", this.documents.length - DOCUMENTS_LISTED)),
            this.documentList(this.documents.slice(DOCUMENTS_LISTED)),
          )
        : null,
    );
  }

  documentList(documents) {
    const entry = ({ id, title, date, publisher }) => {
      const place = { document: id, start: 0, end: 0 };
      const about = [publisher, date ? longDate(date) : ""].filter(Boolean).join(" · ");
      return element(
        "li",
        {},
        element("a", { href: addressOf(place), onclick: (event) => this.actions.openSource(event, place) }, title),
        element("span", { class: "origin" }, about),
      );
    };
    return element("ul", { class: "documents" }, documents.map(entry));
  }
}

/** The sections that are being read, in words: the most promising one, and how many beside it. */
function stageOf(sections) {
  if (!sections.length) return null;
  const [{ section_path: path, title }] = sections;
  return t("readingSection", path.at(-1) ?? title, sections.length - 1);
}

function troubleOf({ status, message }) {
  if (status === 429) return t("tooMany");
  if (status === 503) return t("unavailable");
  return status === 0 || status >= 500 ? t("failed") : t("refused", message);
}

function restored() {
  try {
    const turns = JSON.parse(recall(passing, "conversation") ?? "[]");
    return Array.isArray(turns) ? turns.filter((turn) => turn?.question && turn?.answer) : [];
  } catch {
    return [];
  }
}
