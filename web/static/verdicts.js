/** What readers say of an answer: it can be changed, withdrawn and commented. */

import { firstCitations, tool } from "./actions.js";
import { changeFeedback, sendFeedback, withdrawFeedback } from "./api.js";
import { button, element, fill, say } from "./dom.js";
import { placeOf } from "./links.js";

const VERDICTS = [
  ["up", "Right"],
  ["down", "Wrong"],
  ["wrong_passage", "Wrong passage"],
];
const MOST_CHARACTERS = 2000;

/** Returns the buttons, and below them room for a comment once a verdict is given. */
export function verdicts(exchange, keep) {
  const offered = VERDICTS.filter(([verdict]) =>
    verdict !== "wrong_passage" || exchange.reply.citations.length > 0);
  const note = element("div", { class: "note" });
  const buttons = offered.map(([verdict, label]) =>
    tool(verdict, label, () =>
      exchange.feedback?.verdict === verdict ? withdraw() : give(verdict, label), {
      class: verdict === "wrong_passage" ? "tool action" : "tool",
    }));

  async function give(verdict, label) {
    await attempt(async () => {
      const comment = exchange.feedback?.comment ?? null;
      const id = exchange.feedback?.id ?? await sendFeedback(feedback(exchange, verdict));
      if (exchange.feedback) await changeFeedback(id, { verdict, comment });
      exchange.feedback = { id, verdict, comment };
      say(`Thank you. Noted: ${label.toLowerCase()}.`);
    });
  }

  async function withdraw() {
    await attempt(async () => {
      await withdrawFeedback(exchange.feedback.id);
      exchange.feedback = null;
      say("Your verdict was withdrawn.");
    });
  }

  async function comment(text) {
    await attempt(async () => {
      const { id, verdict } = exchange.feedback;
      await changeFeedback(id, { verdict, comment: text || null });
      exchange.feedback.comment = text || null;
      say("Thank you. Your comment was noted.");
    });
  }

  async function attempt(work) {
    try {
      await work();
      keep(exchange);
    } catch (error) {
      say(`That was not noted. ${error.message}`);
    }
    show();
  }

  function show() {
    buttons.forEach((each, i) =>
      each.setAttribute("aria-pressed", offered[i][0] === exchange.feedback?.verdict));
    fill(note, exchange.feedback && commentBox(exchange, comment));
  }

  show();
  return [
    element("div", { class: "row", role: "group", "aria-label": "Was this right?" }, buttons),
    note,
  ];
}

function commentBox({ at, feedback }, send) {
  const id = `comment-${at}`;
  const box = element("textarea", { id, rows: "2", maxlength: MOST_CHARACTERS });
  box.value = feedback.comment ?? "";
  return element("details", {},
    element("summary", {}, feedback.comment ? "Change your comment" : "Add a comment"),
    element("label", { for: id }, "What should it have said?"), box,
    button("Send", () => send(box.value.trim())));
}

/** Without an answer, the passage that was nearest is what the verdict is about. */
function feedback({ question, reply }, verdict) {
  const [place = null] = [...firstCitations(reply), ...reply.nearest_passages];
  return {
    question: reply.interpreted_question ?? question,
    verdict,
    answer: reply.answer,
    citation: place && placeOf(place),
    index_version: reply.index_version,
  };
}
