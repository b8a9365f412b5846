// What differs where the chat stands in a panel on somebody else's page (widget.js): sources open in a tab of their own,
// and the panel is told when the chat is ready and when the reader wants to leave it. No word of the conversation is told.

import { element } from "./elements.js";

export const framed = document.documentElement.dataset.framed !== undefined;

/** Settle in the panel; `onOpened` is called each time the panel opens. It says in which colours the page around is. */
export function settleIn({ onOpened }) {
  if (!framed) return;
  document.head.append(element("base", { target: "_blank" }));
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent) return;
    if (event.data === "chapterverse:opened") onOpened();
    const theme = /^chapterverse:(light|dark)$/.exec(event.data)?.[1];
    if (theme) document.documentElement.dataset.theme = theme;
  });
}

export const tellReady = () => tell("chapterverse:ready");
export const tellLeaving = () => tell("chapterverse:close");

// Any page may hear these: who can frame the chat is settled by frame-ancestors.
function tell(message) {
  if (framed) window.parent.postMessage(message, "*");
}
