/** What a small link leads to, shown beside it while it is pointed at or has the focus. */

import { element } from "./dom.js";

const LONGEST = 400;
let tip = null;
let owner = null;
let leaving = 0;

/** Returns the node, which from now on shows the text in a tip. */
export function explained(node, text) {
  const words = [...text];
  const shown = words.length > LONGEST ? `${words.splice(0, LONGEST).join("")}…` : text;
  const show = () => open(node, shown);
  node.addEventListener("mouseenter", show);
  node.addEventListener("focus", () => node.matches(":focus-visible") && show());
  node.addEventListener("mouseleave", closeSoon);
  node.addEventListener("blur", close);
  node.addEventListener("click", close);
  return node;
}

/** Hides the tip; returns whether one was shown. */
export function close() {
  clearTimeout(leaving);
  owner?.removeAttribute("aria-describedby");
  owner = null;
  if (!tip || tip.hidden) return false;
  tip.hidden = true;
  return true;
}

/** It can be pointed at itself, to read it at leisure. */
function closeSoon() {
  clearTimeout(leaving);
  leaving = setTimeout(close, 200);
}

function open(node, text) {
  close();
  tip ??= makeTip();
  tip.textContent = text;
  tip.hidden = false;
  owner = node;
  node.setAttribute("aria-describedby", tip.id);
  place();
}

function makeTip() {
  const made = element("p", {
    id: "tip", class: "tip", role: "tooltip", dir: "auto",
    mouseenter: () => clearTimeout(leaving), mouseleave: closeSoon,
  });
  document.body.append(made);
  // Focusing may scroll: the tip goes along.
  addEventListener("scroll", () => owner && place(), { capture: true, passive: true });
  return made;
}

function place() {
  const at = owner.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  const isAbove = at.bottom + height + 8 > innerHeight;
  tip.style.translate = `${left}px ${isAbove ? at.top - height - 6 : at.bottom + 6}px`;
}
