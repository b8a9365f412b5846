// The conversation: what was asked, what came back, and the box to ask in. It is kept for the tab, so that a reload or a
// look at a source loses nothing, and sent along with each question, so that follow-ups are understood.

import { answerView, announcementOf, understoodOf } from "./answer.js";
import { postQuestion } from "./api.js";
import { countPoints } from "./codepoints.js";
import { element, passing, recall, remember, unseen } from "./elements.js";
import { longDate, t } from "./locale.js";
import { addressOf } from "./place.js";

const TURNS_SENT = 20;
const DOCUMENTS_LISTED = 8;
const PATIENCE = 150; // milliseconds before "Reading …" appears: under that nothing flickers

export class Chat {
  constructor({ log, form, site, documents, openSource, say, onChange }) {
    Object.assign(this, { log, form, site, documents, say, onChange });
    this.actions = { openSource, say };
    this.box = form.elements.question;
    this.turns = restored();
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

  async ask(text) {
    if (this.busy) return;
    if (!this.measure() && text === this.box.value) return;
    const turn = { question: text.trim() };
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
    const patience = setTimeout(() => this.renderTurn(turn, { working: true }), PATIENCE);
    try {
      turn.answer = await postQuestion(turn.question, this.historyBefore(turn));
    } catch (refusal) {
      turn.trouble = refusal.status === 0 || refusal.status >= 500 ? t("failed") : t("refused", refusal.message);
      if (!this.box.value) this.box.value = turn.question;
    }
    clearTimeout(patience);
    this.busy = false;
    if (!this.turns.includes(turn)) return;
    this.keep();
    this.renderTurn(turn, {});
    this.arrived(turn);
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
    this.keep();
    this.render();
    this.box.focus();
  }

  keep() {
    const kept = this.turns.filter((turn) => turn.answer);
    remember(passing, "conversation", kept.length ? JSON.stringify(kept) : null);
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

  turnView(turn, { working = false }) {
    const number = this.turns.indexOf(turn) + 1;
    const { answer, trouble } = turn;
    return element(
      "article",
      { class: "turn" },
      element("p", { class: "question" }, unseen(`${t("you")} `), turn.question),
      answer ? understoodOf(answer) : null,
      working ? element("p", { class: "working" }, t("reading", this.documents.length)) : null,
      answer ? answerView(answer, number, { contact: this.site.contact, actions: this.actions }) : null,
      trouble ? this.troubleView(turn) : null,
    );
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
    const samples = this.site.sample_questions.map((question) =>
      element("li", {}, element("button", { type: "button", class: "sample", onclick: () => this.ask(question) }, question)),
    );
    return element(
      "section",
      { class: "welcome", "aria-labelledby": "welcome" },
      element("h2", { id: "welcome" }, t("welcome")),
      element("p", { class: "promise" }, t("promise")),
      samples.length ? [element("h3", {}, t("samples")), element("ul", { class: "samples" }, samples)] : null,
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

function restored() {
  try {
    const turns = JSON.parse(recall(passing, "conversation") ?? "[]");
    return Array.isArray(turns) ? turns.filter((turn) => turn?.question && turn?.answer) : [];
  } catch {
    return [];
  }
}
