// Builds DOM nodes without ever parsing markup, and remembers choices where the browser allows it.

/** An element: `on…` attributes are listeners, true and false are bare attributes, null is left out. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== null && value !== false && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** Text for screen readers alone. */
export const unseen = (text) => element("span", { class: "visually-hidden" }, text);

/** A link that leaves the site, or null when the address is no web address. */
export function outside(url, text) {
  if (!/^https?:\/\//i.test(url)) return null;
  return element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text, " ↗");
}

export function remember(storage, key, value) {
  try {
    if (value === null) storage().removeItem(`chapterverse.${key}`);
    else storage().setItem(`chapterverse.${key}`, value);
  } catch {
    // Full or forbidden storage: the page works without.
  }
}

export function recall(storage, key) {
  try {
    return storage().getItem(`chapterverse.${key}`);
  } catch {
    return null;
  }
}

export const lasting = () => localStorage;
export const passing = () => sessionStorage;

/** Put text on the clipboard, also where the page is not served over HTTPS or stands in a frame. */
export async function copy(text) {
  // A frame may be denied the clipboard by the page around it; the older way asks nobody.
  if (navigator.clipboard && (await navigator.clipboard.writeText(text).then(() => true, () => false))) return;
  const area = element("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("the browser refused to copy");
}
