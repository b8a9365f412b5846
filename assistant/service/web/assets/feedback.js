// Thumbs up or down on an answer, and a reason for whoever wants to give one. The thumb counts by itself, at once.

import { postFeedback } from "./api.js";
import { element } from "./elements.js";
import { icon } from "./icons.js";
import { t } from "./locale.js";

const LONGEST_REASON = 2000; // characters, as in the API

/** The two thumbs; `actions.rate(rating)` keeps what was said with the turn. A service without feedback hides them. */
export function feedbackView(answer, number, { rating, actions }) {
  const thumbs = { up: thumb("up"), down: thumb("down") };
  const reason = reasonForm(number);
  const outcome = element("span", { class: "outcome" });
  const view = element("div", { class: "feedback", role: "group", "aria-label": t("feedback") }, thumbs.up, thumbs.down, outcome, reason);
  let given = rating;

  const press = (pressed) => {
    for (const [name, button] of Object.entries(thumbs)) button.setAttribute("aria-pressed", String(name === pressed));
  };
  const send = async (words) => {
    try {
      await postFeedback({ answer: answer.id, rating: given, ...(words ? { reason: words } : {}) });
    } catch (refusal) {
      if (refusal.status === 404) view.remove();
      outcome.textContent = t("feedbackFailed");
      actions.say(t("feedbackFailed"));
      return false;
    }
    outcome.textContent = t("thanks");
    actions.say(t("thanks"));
    return true;
  };
  for (const [name, button] of Object.entries(thumbs)) {
    button.addEventListener("click", async () => {
      const before = given;
      given = name;
      press(name);
      if (await send("")) {
        actions.rate(name);
        reason.hidden = false;
      } else {
        given = before;
        press(before);
      }
    });
  }
  reason.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = reason.elements.reason.value.trim();
    if (words && !(await send(words))) return;
    reason.hidden = true;
    thumbs[given].focus();
  });
  press(given);
  return view;
}

function thumb(name) {
  const label = t(name === "up" ? "helpful" : "unhelpful");
  return element("button", { type: "button", class: `quiet icon thumb ${name}`, "aria-label": label, title: label }, icon("thumb"));
}

function reasonForm(number) {
  const id = `reason-${number}`;
  return element(
    "form",
    { class: "reason", hidden: true, autocomplete: "off" },
    element("label", { for: id }, t("reason")),
    element("input", { id, name: "reason", type: "text", maxlength: LONGEST_REASON }),
    element("button", { type: "submit", class: "quiet bordered" }, t("send")),
  );
}
