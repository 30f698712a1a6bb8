/** The chat page: connects the question box, the talk and the source pane. */

import { askQuestion } from "./api.js";
import { addExchange } from "./log.js";
import { SourcePane } from "./source.js";
import { listArticles } from "./welcome.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const box = document.querySelector("#question");
const send = find("composer").querySelector("button");
const limit = document.querySelector("#limit");
const maxCharacters = Number(box.dataset.max);
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const pane = new SourcePane(find("source"), document.querySelector("#talk"));

let busy = false;

async function ask(question, shown) {
  busy = true;
  shown.wait();
  reveal(shown.exchange);
  try {
    const answer = await askQuestion(question);
    shown.answer(answer, (citation, button) => pane.openCitation(citation, button));
  } catch (error) {
    shown.fail(error.message, () => retry(question, shown));
  } finally {
    busy = false;
  }
  reveal(shown.exchange);
}

function retry(question, shown) {
  if (busy) return;
  box.focus();
  ask(question, shown);
}

function reveal(exchange) {
  const behavior = stillness.matches ? "auto" : "smooth";
  exchange.scrollIntoView({ block: "start", behavior });
}

function submit(event) {
  event.preventDefault();
  const question = box.value.trim();
  if (busy || question === "" || isTooLong()) {
    box.focus();
    return;
  }
  box.value = "";
  measure();
  ask(question, addExchange(find("log"), question));
}

/** The service counts code points, and so does this. */
function isTooLong() {
  return [...box.value.trim()].length > maxCharacters;
}

function measure() {
  const count = [...box.value.trim()].length;
  const near = count > 0.8 * maxCharacters;
  limit.textContent = near ? `${count} of at most ${maxCharacters} characters` : "";
  limit.classList.toggle("over", isTooLong());
  box.setAttribute("aria-invalid", String(isTooLong()));
  // Browsers without field-sizing grow the box here.
  if (!CSS.supports("field-sizing", "content")) {
    box.rows = Math.min(6, box.value.split("\n").length);
  }
}

function onKey(event) {
  if (event.key === "Escape" && pane.isOpen) {
    event.preventDefault();
    pane.close();
  } else if (event.key === "/" && !isTyping(event.target) && !isModified(event)) {
    event.preventDefault();
    if (document.querySelector("#talk").inert) pane.close();
    box.focus();
  }
}

const isTyping = (target) => target.matches("textarea, input, select");
const isModified = (event) => event.ctrlKey || event.metaKey || event.altKey;

find("composer").addEventListener("submit", submit);
box.addEventListener("input", measure);
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send.click();
  }
});
document.addEventListener("keydown", onKey);
listArticles(find("articles"), (article, button) => pane.openDocument(article, button));
if (matchMedia("(hover: hover)").matches) box.focus();
