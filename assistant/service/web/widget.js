// The widget: one script tag puts a round button on any page, and the button opens the chat in a panel.
//
//     <script src="https://HOST/widget.js" data-title="Ask the help desk" data-lang="en" async></script>
//
// In: the tag. Its address says where the service is, `data-title` what the panel is called (else the organisation's
// name), `data-lang` which language it speaks (else that of the page). Out: one element beside the page's body.
//
// Button and panel live in a shadow root, and their style sheet is built by script, so that no style leaks in or out and
// no policy of the page forbids it. The chat is a frame of the service: the page around it cannot read what is asked,
// and needs to allow our origin for script-src, connect-src and frame-src only. Whether this site may show it is asked
// first (/widget.json), for a frame that is refused shows the browser's own error and nobody knows why.
(() => {
  "use strict";
  const script = document.currentScript;
  const NAME = "chapterverse-widget";
  const PATIENCE = 15_000; // milliseconds until a frame that says nothing is given up
  const WORDS = {
    en: {
      title: "Help desk",
      close: "Close",
      opening: "Opening …",
      refused: (origin) => `This help desk may not be shown on ${origin}.`,
      unreachable: "The help desk cannot be reached just now. Please try again in a moment.",
      elsewhere: "Open it in a new tab",
    },
    ja: {
      title: "お問い合わせ",
      close: "閉じる",
      opening: "開いています …",
      refused: (origin) => `このサイト（${origin}）では、この窓口を表示できません。`,
      unreachable: "ただいま窓口に接続できません。しばらくしてからもう一度お試しください。",
      elsewhere: "新しいタブで開く",
    },
  };
  const STYLES = `
    :host {
      --accent: light-dark(var(--site-accent, #1d4f91), color-mix(in oklab, var(--site-accent, #1d6fd8) 48%, #fff));
      --on-accent: light-dark(#fff, #10141b);
      --surface: light-dark(#fff, #1b1e23);
      --background: light-dark(#f6f5f1, #14161a);
      --ink: light-dark(#1c1f24, #e7e5df);
      --line: light-dark(#dbd8cf, #353a42);
    }
    * { box-sizing: border-box; }
    section { font: 1rem/1.5 system-ui, sans-serif; font-size: medium; color: var(--ink); }
    button { font: inherit; color: inherit; cursor: pointer; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .launcher {
      position: fixed; inset: auto 20px max(20px, env(safe-area-inset-bottom)) auto; z-index: 2147483646;
      display: grid; place-items: center; width: 56px; height: 56px; padding: 0;
      border: 1px solid transparent; border-radius: 50%; background: var(--accent); color: var(--on-accent);
      box-shadow: 0 2px 10px rgb(0 0 0 / 0.3);
    }
    .launcher svg { width: 26px; height: 26px; fill: none; stroke: currentcolor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
    .launcher:focus-visible { outline-offset: 3px; }
    .launcher[aria-expanded="true"] .speech, .launcher[aria-expanded="false"] .cross { display: none; }
    .panel {
      position: fixed; inset: auto 20px calc(max(20px, env(safe-area-inset-bottom)) + 68px) auto; z-index: 2147483647;
      width: min(380px, 100vw - 40px); height: min(600px, 100dvh - 108px); max-width: none; max-height: none;
      margin: 0; padding: 0; flex-direction: column; overflow: hidden;
      border: 1px solid var(--line); border-radius: 14px; background: var(--background); color: inherit;
      box-shadow: 0 8px 32px rgb(0 0 0 / 0.25);
    }
    .panel[open] { display: flex; }
    header {
      display: flex; align-items: center; gap: 8px; padding: 6px 6px 6px 16px;
      border-bottom: 1px solid var(--line); background: var(--surface);
    }
    h2 { flex: 1; min-width: 0; margin: 0; font-size: 1em; font-weight: 600; overflow-wrap: break-word; }
    .close { flex: none; width: 44px; height: 44px; border: 0; border-radius: 8px; background: none; }
    iframe { flex: 1; width: 100%; min-height: 0; border: 0; }
    .notice { margin: 0; padding: 16px; }
    .notice:empty { display: none; }
    a { color: var(--accent); }
    @media (max-width: 480px), (max-height: 480px) {
      .panel { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; }
    }
    @media print { section { display: none; } }
  `;

  if (!script?.src) {
    console.error("Chapter & Verse: load widget.js with a script tag of its own, not as a module or from another script");
    return;
  }
  if (document.querySelector(NAME)) return;
  const service = new URL(script.src).origin;
  const language = spoken(script.dataset.lang, document.documentElement.lang, ...navigator.languages);
  const words = WORDS[language];
  const small = matchMedia("(max-width: 480px), (max-height: 480px)");

  const title = make("h2", { id: "title" }, script.dataset.title || words.title);
  const notice = make("p", { class: "notice", role: "status" });
  const close = make("button", { type: "button", class: "close", "aria-label": words.close, title: words.close }, "✕");
  const panel = make("dialog", { class: "panel", "aria-labelledby": "title" }, make("header", {}, title, close), notice);
  const launcher = make("button", { type: "button", class: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false" }, drawing());
  const region = make("section", { lang: language }, launcher, panel);
  let about = null;
  let frame = null;
  let giveUp = 0;

  // --- opening and closing ---

  async function open() {
    show();
    if (frame) return greet();
    notice.replaceChildren(words.opening);
    const refusal = await connect();
    if (refusal) refuse(refusal);
    else if (!frame && panel.open) load();
  }

  // On a small screen the panel is the whole of it: modal, so that focus and reading stay inside.
  function show() {
    if (small.matches) panel.showModal();
    else panel.show();
    launcher.setAttribute("aria-expanded", "true");
  }

  function leave() {
    if (!panel.open) return;
    panel.close();
    launcher.setAttribute("aria-expanded", "false");
    launcher.focus();
  }

  function greet() {
    frame.focus();
    for (const word of ["opened", theme()]) frame.contentWindow.postMessage(`chapterverse:${word}`, service);
  }

  // What light-dark() came to here is the only way to learn which of its schemes the page is shown in.
  const theme = () => (Number(/\d+/.exec(getComputedStyle(panel).backgroundColor)) < 128 ? "dark" : "light");

  // --- the service ---

  /** Ask what the widget is to show here; resolves to null, or to the words that say why it may not. */
  async function connect() {
    try {
      about ??= await fetch(`${service}/widget.json`, { credentials: "omit" }).then((response) => response.json());
    } catch {
      // A script cannot be told why it may not read; that it can be fetched at all tells a refusal from an outage.
      const reached = await fetch(script.src, { mode: "no-cors", cache: "no-store" }).then(() => true, () => false);
      if (!reached) return words.unreachable;
      console.error(`Chapter & Verse: add "${location.origin}" to widget_origins in the settings of ${service}`);
      return words.refused(location.origin);
    }
    name(script.dataset.title || about.organisation);
    if (about.accent) host.style.setProperty("--site-accent", about.accent);
    return null;
  }

  function load() {
    const address = `${service}/widget?lang=${language}&theme=${theme()}`;
    frame = make("iframe", { src: address, title: title.textContent, allow: "clipboard-write", referrerpolicy: "origin" });
    panel.append(frame);
    giveUp = setTimeout(() => refuse(words.unreachable), PATIENCE);
  }

  function refuse(reason) {
    frame?.remove();
    frame = null;
    const elsewhere = make("a", { href: `${service}/?lang=${language}`, target: "_blank", rel: "noopener" }, words.elsewhere);
    notice.replaceChildren(reason, " ", elsewhere);
  }

  function heard({ source, origin, data }) {
    if (!frame || source !== frame.contentWindow || origin !== service) return;
    if (data === "chapterverse:close") leave();
    if (data !== "chapterverse:ready") return;
    clearTimeout(giveUp);
    notice.replaceChildren();
    if (panel.open) greet();
  }

  // --- the page around it ---

  function name(text) {
    title.textContent = text;
    for (const node of [launcher, region]) node.setAttribute("aria-label", text);
    launcher.title = text;
  }

  const host = document.createElement(NAME);

  function appear() {
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet];
    root.append(region);
    // Whatever the page's styles say of every element, they do not say it of this one; only its colour scheme is kept.
    host.style.setProperty("all", "initial", "important");
    host.style.setProperty("color-scheme", "inherit", "important");
    // Beside the body: there no transform of the page's layout moves what is fixed to the window.
    document.documentElement.append(host);
    void connect();
  }

  name(title.textContent);
  launcher.addEventListener("click", () => (panel.open ? leave() : void open()));
  close.addEventListener("click", leave);
  panel.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  region.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !panel.open) return;
    event.preventDefault();
    leave();
  });
  small.addEventListener("change", () => {
    if (!panel.open) return;
    panel.close();
    show();
  });
  window.addEventListener("message", heard);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", appear);
  else appear();

  // --- the parts ---

  function spoken(...wished) {
    const tags = wished.filter(Boolean).map((tag) => tag.toLowerCase().split("-")[0]);
    return tags.find((tag) => Object.hasOwn(WORDS, tag)) ?? "en";
  }

  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  function drawing() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    for (const [kind, lines] of [
      ["speech", "M4 5h16v11H11l-5 4v-4H4zM8 9h8M8 12h5"],
      ["cross", "M6 6l12 12M18 6 6 18"],
    ]) {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("class", kind);
      path.setAttribute("d", lines);
      svg.append(path);
    }
    return svg;
  }
})();
