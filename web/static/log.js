/** The conversation as it is seen: each question with its reply, one below the other. */

import { answerTools } from "./actions.js";
import { button, element, failure, fill } from "./dom.js";
import { replyNodes, suggestionList } from "./reply.js";

const STAGES = {
  searching: "Searching the articles…",
  reading: "Reading the passages…",
};

/** Returns a question's node, and what shows the reply to it there. `hands` holds what
 *  the page can do: open, ask, askRaw, retry, keep. */
export function makeView(exchange, hands) {
  const reply = element("div", { class: "reply" });
  const node = element("article", { class: "exchange" },
    element("h2", { class: "question", dir: "auto" },
      element("span", { class: "hidden" }, "You asked: "), exchange.question),
    reply);
  const again = () => button("Try again", () => hands.retry(exchange));
  const view = {
    node,
    wait: (stage) => fill(reply,
      element("p", { class: "waiting" }, STAGES[stage] ?? "Sending the question…")),
    answer: () => fill(reply,
      understood(exchange, hands),
      replyNodes(exchange, hands),
      !isPlain(exchange.reply) && answerTools(exchange, hands.keep),
      suggestionList(exchange.reply.suggested_questions, "You could ask", hands.ask)),
    fail: (message) => fill(reply,
      failure(`Sorry, that did not work. ${message}`, again())),
    stop: () => fill(reply,
      element("p", { class: "stopped" }, "Stopped. ", again())),
  };
  try {
    view.answer();
  } catch {
    // Not answered yet, or kept in a form that this page does not know.
    exchange.reply = null;
    view.stop();
  }
  return view;
}

const isPlain = ({ kind }) => kind === "small_talk" || kind === "clarification";

/** How the question was taken, if not word for word, and the way to have it so. */
function understood(exchange, hands) {
  const { interpreted_question: taken } = exchange.reply;
  return taken && element("p", { class: "understood" },
    "Understood as: ", element("q", { dir: "auto" }, taken), " ",
    button("Ask it word for word", () => hands.askRaw(exchange), { class: "link" }));
}
