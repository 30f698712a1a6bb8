/** The conversation as it is seen: each question with its reply, one below the other. */

import { answerTools, tool } from "./actions.js";
import { button, element, failure, fill } from "./dom.js";
import { printedSources, replyNodes, suggestionList } from "./reply.js";

const STAGES = {
  searching: "Searching the articles…",
  reading: "Reading the passages…",
};

/** Returns a question's node, and what shows the reply to it there. `hands` holds what
 *  the page can do: open, ask, askAgain, edit, remove, fresh, keep. */
export function makeView(exchange, hands) {
  const reply = element("div", { class: "reply" });
  const node = element("article", { class: "exchange" },
    element("div", { class: "asked" },
      element("h2", { class: "question", dir: "auto" },
        element("span", { class: "hidden" }, "You asked: "), exchange.question),
      element("div", { class: "row" },
        tool("edit", "Edit this question", () => hands.edit(exchange)),
        tool("bin", "Delete this question and its answer", () => hands.remove(exchange)))),
    reply);
  const again = () => button("Try again", () => hands.askAgain(exchange));
  const view = {
    node,
    wait: (stage) => fill(reply,
      element("p", { class: "waiting" }, STAGES[stage] ?? "Sending the question…")),
    answer: () => fill(reply,
      understood(exchange, hands),
      replyNodes(exchange, hands),
      !isPlain(exchange.reply) && answerTools(exchange, hands.keep),
      exchange.reply.citations.length > 0 && printedSources(exchange.reply),
      suggestionList(
        hands.fresh(exchange.reply.suggested_questions, exchange), "You could ask", hands.ask)),
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

/** How the question was taken, if not word for word: the words that were kept of the talk, each of
 *  which can be dropped, and the way to have it asked as it is. */
function understood(exchange, hands) {
  const { interpreted_question: taken, kept_terms: kept = [] } = exchange.reply;
  const isChanged = taken && taken !== exchange.question;
  if (!isChanged && kept.length === 0) return null;
  const chips = kept.map((term) =>
    button([element("span", { dir: "auto" }, term), element("span", { "aria-hidden": "true" }, " ×")],
      () => hands.askAgain(exchange, { without: [...exchange.without, term] }), {
        class: "chip", "aria-label": `Ask again without “${term}”`, title: "Ask again without it",
      }));
  return element("div", { class: "understood" },
    ...chips.length > 0
      ? [element("span", {}, "With, from the talk: "), chips,
        isSpelling(exchange) && element("q", { dir: "auto" }, taken)]
      : ["Understood as: ", element("q", { dir: "auto" }, taken), " "],
    button("Ask it word for word", () => hands.askAgain(exchange, { interpret: false }),
      { class: "link" }));
}

/** Whether the question was read in other words than its own and those kept. */
function isSpelling({ question, reply: { interpreted_question: taken, kept_terms: kept } }) {
  return taken && !kept.every((term) => taken.includes(term)) && !taken.includes(question);
}
