/** The conversation: each question with its answer, one below the other. */

import { element } from "./dom.js";

/** Adds a question to the log. Returns what shows the reply to it. */
export function addExchange(log, question) {
  const reply = element("div", { class: "reply" });
  const exchange = element("article", { class: "exchange" },
    element("h2", { class: "question", dir: "auto" },
      element("span", { class: "hidden" }, "You asked: "), question),
    reply,
  );
  log.append(exchange);
  return {
    exchange,
    wait: () => reply.replaceChildren(element("p", { class: "waiting" }, "Reading…")),
    answer: (answer, open) => reply.replaceChildren(...answerNodes(answer, open)),
    fail: (message, retry) => reply.replaceChildren(...errorNodes(message, retry)),
  };
}

function answerNodes(answer, open) {
  if (answer.kind === "no_answer") return noAnswerNodes(answer, open);
  const [first, ...others] = answer.citations.map((citation, i) =>
    quoteNode(citation, i + 1, open));
  const nodes = [first];
  if (answer.kind === "unsure") {
    nodes.unshift(element("p", { class: "unsure" }, "Not sure:"));
  }
  if (others.length > 0) {
    nodes.push(element("div", { class: "others" },
      element("p", { class: "label" }, "Also here:"), ...others));
  }
  nodes.push(confidenceNode(answer));
  return nodes;
}

function noAnswerNodes(answer, open) {
  const nodes = [element("p", { class: "none" }, "The article does not say.")];
  if (answer.nearest_passages.length > 0) {
    nodes.push(element("details", { class: "nearest" },
      element("summary", {}, "Nearest passages, which do not answer it"),
      ...answer.nearest_passages.map((citation, i) => quoteNode(citation, i + 1, open)),
    ));
  }
  return nodes;
}

/** The quote inside its sentence, as the service cut it, and its number. */
function quoteNode(citation, number, open) {
  const button = element("button", {
    type: "button",
    class: "cite",
    "aria-label": `Citation ${number}: show it in “${citation.document.title}”`,
    "aria-controls": "source",
    "aria-expanded": "false",
    click: () => open(citation, button),
  }, String(number));
  return element("figure", { class: "quote" },
    element("blockquote", { dir: "auto" },
      citation.before,
      element("strong", {}, citation.quote),
      citation.after,
      "\u00a0", button),
    element("figcaption", { dir: "auto" }, citation.document.title),
  );
}

function confidenceNode(answer) {
  const percent = Math.round(100 * answer.confidence);
  const seconds = (answer.timings_ms.total / 1000).toFixed(1);
  return element("details", { class: "confidence" },
    element("summary", {}, answer.kind === "unsure" ? "Why unsure?" : "Sure"),
    element("p", {},
      `Estimated chance that this is right: ${percent} %. Found in ${seconds} s.`),
  );
}

function errorNodes(message, retry) {
  return [
    element("div", { class: "error" },
      element("p", {}, "Sorry, that did not work. ", message),
      element("button", { type: "button", class: "quiet", click: retry }, "Try again")),
  ];
}
