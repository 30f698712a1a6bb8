/** The keys that work wherever the focus is. */

import * as tip from "./tip.js";

/** Listens to them; `parts` are those of the page that they act on. */
export function listenToKeys(parts) {
  document.addEventListener("keydown", (event) => onKey(event, parts));
  // Not as a link: the page's address says what is open.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    parts.composer.focus();
  });
}

function onKey(event, { pane, source, composer, conversation }) {
  const isTyping = event.target.matches("textarea, input, select");
  if (event.key === "Escape") {
    if (tip.close()) return;
    if (pane.isCovering) pane.close();
    else if (conversation.isBusy) conversation.stop();
    else if (pane.has(event.target)) pane.close();
  } else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  } else if (event.key === "/") {
    event.preventDefault();
    if (pane.isCovering) pane.close();
    composer.focus();
  } else if ("np".includes(event.key)
    && (pane.has(event.target) || event.target.matches(".cite"))) {
    source.step(event.key === "n" ? 1 : -1);
  }
}
