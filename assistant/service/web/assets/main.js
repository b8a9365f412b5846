// Puts the page together: settings and documents, the conversation, the source beside it, and the address bar between them.

import { getDocuments, getSite } from "./api.js";
import { Chat } from "./chat.js";
import { element, lasting, remember } from "./elements.js";
import { framed, settleIn, tellLeaving, tellReady } from "./frame.js";
import { chooseLanguage, language, languages, rememberLanguage, t } from "./locale.js";
import { learnFormats } from "./markup.js";
import { addressOf, placeOf } from "./place.js";
import { Source } from "./source.js";

const at = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 56rem)");
const narrowest = matchMedia("(max-width: 34rem)"); // as in media.css
const dark = matchMedia("(prefers-color-scheme: dark)");

let chat;
let opener = null;
const source = new Source(at("source"), { onClose: closeSource, say });

/** Said once, politely, to whoever cannot see it. */
function say(text) {
  at("status").textContent = "";
  requestAnimationFrame(() => (at("status").textContent = text));
}

// --- the address bar and the source -----------------------------------------------------------------------------

/** Open a citation beside the chat; a click that asks for a new tab is left to the browser, and in a frame every click. */
function openSource(event, { document: id, start, end, highlights = [] }) {
  if (framed || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
  event.preventDefault();
  opener = event.currentTarget;
  const place = { document: id, start, end };
  const state = { highlights, within: true };
  // One step back always leads to the chat, however many sources were looked at.
  if (source.open) history.replaceState({ ...history.state, ...state }, "", addressOf(place));
  else history.pushState(state, "", addressOf(place));
  followAddress({ focus: true });
}

function closeSource() {
  if (history.state?.within) {
    history.back();
    return;
  }
  history.pushState(null, "", "/");
  followAddress();
}

async function followAddress({ focus = false } = {}) {
  const place = placeOf(location);
  const closing = source.open && !place;
  document.body.classList.toggle("reading", Boolean(place));
  at("chat").inert = Boolean(place) && narrow.matches;
  if (!place) {
    source.hide();
    document.title = pageTitle();
    if (closing) returnFocus();
    return;
  }
  await source.show({ ...place, highlights: history.state?.highlights ?? [] });
  document.title = [source.shown?.document.title, pageTitle()].filter(Boolean).join(" – ");
  if (focus || narrow.matches) source.focus();
}

function returnFocus() {
  if (opener?.isConnected) opener.focus();
  else at("question").focus();
  opener = null;
}

const pageTitle = () => document.querySelector(".organisation").textContent;

// --- language, theme, tools -------------------------------------------------------------------------------------

function fillWords() {
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  at("language").setAttribute("aria-label", t("language"));
  at("log").setAttribute("aria-label", t("conversation"));
  at("source").setAttribute("aria-label", t("source"));
  for (const [id, key] of [["new", "newConversation"], ["save", "save"]]) {
    at(id).setAttribute("aria-label", t(key));
    at(id).title = t(key);
  }
  fillTheme();
}

function fillLanguages() {
  const option = ({ tag, name }) =>
    element("option", { value: tag, lang: tag, selected: tag === language(), "aria-label": name }, narrowest.matches ? tag.toUpperCase() : name);
  at("language").replaceChildren(...languages.map(option));
}

function offerLanguages() {
  fillLanguages();
  narrowest.addEventListener("change", fillLanguages);
  at("language").addEventListener("change", async (event) => {
    rememberLanguage(event.target.value);
    fillWords();
    chat?.render();
    await source.redraw();
  });
}

const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";

function fillTheme() {
  const words = isDark() ? t("lightTheme") : t("darkTheme");
  at("theme").replaceChildren(isDark() ? "☀" : "☾");
  at("theme").setAttribute("aria-label", words);
  at("theme").title = words;
}

function turnTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  remember(lasting, "theme", theme);
  fillTheme();
}

function listen() {
  at("theme").addEventListener("click", turnTheme);
  dark.addEventListener("change", fillTheme);
  narrow.addEventListener("change", () => (at("chat").inert = source.open && narrow.matches));
  at("print").addEventListener("click", () => print());
  at("save").addEventListener("click", () => chat.save(pageTitle()));
  at("new").addEventListener("click", () => chat.renew());
  window.addEventListener("popstate", () => followAddress());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    if (source.open) closeSource();
    else if (framed) tellLeaving();
    else at("question").focus();
  });
}

// --- start ------------------------------------------------------------------------------------------------------

async function start() {
  chooseLanguage();
  offerLanguages();
  fillWords();
  listen();
  const focusQuestion = () => at("question").focus({ preventScroll: true });
  settleIn({ onOpened: focusQuestion });
  const reading = followAddress();
  try {
    const [site, { documents }] = await Promise.all([getSite(), getDocuments()]);
    learnFormats(documents);
    if (site.accent) document.documentElement.style.setProperty("--site-accent", site.accent);
    chat = new Chat({ log: at("log"), form: at("ask"), site, documents, openSource, say, onChange });
    chat.render();
  } catch {
    at("log").replaceChildren(element("p", { class: "trouble", role: "alert" }, t("unavailable")));
  }
  await reading;
  // A frame takes no focus by itself: the page around it may have loaded it unasked.
  if (!source.open && !narrow.matches && !framed) focusQuestion();
  document.documentElement.dataset.ready = "";
  tellReady();
}

function onChange(turns) {
  at("new").hidden = at("save").hidden = turns === 0;
  at("print").hidden = turns === 0 || framed;
  document.body.classList.toggle("asked", turns > 0);
}

start();
