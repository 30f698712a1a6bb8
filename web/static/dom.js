/** Small tools to make elements; text is never set as markup. */

const SVG = "http://www.w3.org/2000/svg";
const THUMB = "M7 11v9H4v-9zm0 0 4-8c1.7 0 2.5 1.3 2.2 2.8L12.6 9H19c1.3 0 2 1 1.7 2.3l-1.7 7A2 2 0 0 1 17 20H7";
export const ICONS = {
  up: THUMB,
  down: THUMB,
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  bin: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  link: "m9 15 6-6M11 7l2-2a4 4 0 0 1 6 6l-2 2M13 17l-2 2a4 4 0 0 1-6-6l2-2",
};

/** Returns a new element; `properties` are attributes, listeners if functions. Of the children,
 *  which may be in lists, those that are nothing are left out. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value !== null) made.setAttribute(key, value);
  }
  fill(made, ...children);
  return made;
}

/** Puts children into a node, in place of those that it has. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter(Boolean));
}

/** Puts other rows into a list, under the hands of whoever is in it. */
export function refill(list, ...nodes) {
  const held = list.contains(document.activeElement) && document.activeElement;
  // What is being typed stays; the list follows when that is done.
  if (held && held.closest("form")) return;
  const row = held && held.closest("li");
  const controls = (each) => [...each.querySelectorAll("input, button")];
  const place = row && controls(row).indexOf(held);
  fill(list, ...nodes);
  const same = row && [...list.querySelectorAll("li")].find((each) =>
    each.dataset.id === row.dataset.id);
  if (same) controls(same)[place]?.focus({ preventScroll: true });
}

/** Returns a quiet button; `click` gets the event. */
export function button(label, click, properties = {}) {
  return element("button", { type: "button", class: "quiet", click, ...properties }, label);
}

/** Returns a small drawing that a screen reader passes over. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", `icon icon-${name}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}

/** Returns a message that something failed, with what can be done about it. */
export function failure(message, ...remedies) {
  return element("div", { class: "error" }, element("p", {}, message), remedies);
}

/** Returns a piece of a text as nodes; `isLast` tells that a paragraph begins after it. A line end
 *  within a paragraph is shown as a space, one between two as a gap. The nodes' text is the text
 *  given, to the character. */
export function lines(text, isLast) {
  const [end] = isLast ? /\s*$/u.exec(text) : [""];
  const inside = (isLast ? text.trimEnd() : text).split(/(\r?\n|\r)/u).map((piece, i) =>
    i % 2 === 0 ? piece : element("span", { class: "fold" }, piece));
  const isOne = /^[^\r\n]*(?:\r?\n|\r)[^\r\n]*$/u.test(end);
  return [...inside, end, isOne && element("span", { class: "gap" })].filter(Boolean);
}

/** Says something to those who do not see it, and shows it: for a while, or until something else
 *  is said if it can be undone. */
export function say(text, undo = null) {
  const place = document.querySelector("[data-status]");
  const clear = () => place.replaceChildren();
  fill(place, text, undo && [" ", button("Undo", () => {
    clear();
    undo();
  }, { class: "link" })]);
  clearTimeout(say.timer);
  if (!undo) say.timer = setTimeout(clear, 4000);
}

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export function scrollTo(node, block) {
  node.scrollIntoView({ block, behavior: stillness.matches ? "auto" : "smooth" });
}
