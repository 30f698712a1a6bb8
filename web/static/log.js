/** The conversation as it is seen: each question with its reply, one below the other. */

import { answerTools } from "./actions.js";
import { button, element, failure } from "./dom.js";
import { replyNodes } from "./reply.js";

const STAGES = {
  searching: "Searching the articles…",
  reading: "Reading the passages…",
};

/** Adds a question to the log; returns what shows the reply to it. `hands` holds what
 *  the page can do: open, ask, retry, keep, and the articles' dates. */
export function showExchange(log, exchange, hands) {
  const reply = element("div", { class: "reply" });
  const node = element("article", { class: "exchange" },
    element("h2", { class: "question", dir: "auto" },
      element("span", { class: "hidden" }, "You asked: "), exchange.question),
    reply);
  log.append(node);
  const again = () => button("Try again", () => hands.retry(exchange));
  return {
    node,
    wait: (stage) => reply.replaceChildren(
      element("p", { class: "waiting" }, STAGES[stage] ?? "Sending the question…")),
    answer: () => reply.replaceChildren(
      ...understood(exchange, hands),
      ...replyNodes(exchange, hands),
      ...(isPlain(exchange.reply) ? [] : [answerTools(exchange, hands.dates, hands.keep)])),
    fail: (message) => reply.replaceChildren(
      failure(`Sorry, that did not work. ${message}`, again())),
    stop: () => reply.replaceChildren(
      element("p", { class: "stopped" }, "Stopped. ", again())),
  };
}

const isPlain = ({ kind }) => kind === "small_talk" || kind === "clarification";

/** How the question was taken, if not word for word, and the way to have it so. */
function understood(exchange, hands) {
  const { interpreted_question: taken } = exchange.reply;
  if (!taken) return [];
  return [element("p", { class: "understood" },
    "Understood as: ", element("q", { dir: "auto" }, taken), " ",
    button("Ask it word for word", () => hands.askRaw(exchange), { class: "link" }))];
}
