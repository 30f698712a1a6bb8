/** What can be done with an answer: weigh it, copy it, link to it, judge it. */

import { sendFeedback } from "./api.js";
import { button, element, icon, ICONS, say } from "./dom.js";
import { answerLink, particulars, placeOf, quoteLink } from "./links.js";

const VERDICTS = [
  ["up", "Right"],
  ["down", "Wrong"],
  ["wrong_passage", "Wrong passage"],
];
const isOpen = document.documentElement.dataset.feedback === "on";

/** Returns the row of tools below an answer. `keep` is called when a verdict is given. */
export function answerTools(exchange, keep) {
  const { reply } = exchange;
  const quotes = firstCitations(reply);
  // A choice of sentences, not a claim that may be wrong.
  const isOverview = reply.kind === "overview";
  return element("div", { class: "tools" },
    quotes.length > 0 && !isOverview && confidence(reply),
    element("div", { class: "row" },
      quotes.length > 0 && tool("copy", "Copy quote with source", () =>
        copy(quotes.map(asText).join("\n\n"), "Quote copied.")),
      tool("link", "Copy link to this answer", () =>
        copy(answerLink(exchange), "Link copied.")),
      isOpen && !isOverview && verdicts(exchange, keep)),
  );
}

/** The citation that each statement of an answer rests on first. */
export function firstCitations({ parts, citations }) {
  const places = new Set(parts.flatMap((part) => part.citations[0] ?? []));
  return [...places].map((i) => citations[i]);
}

export async function copy(text, done) {
  const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  say(isCopied || copyByHand(text) ? done : "That could not be copied.");
}

/** Browsers give the clipboard to pages over HTTPS or on this machine only. */
function copyByHand(text) {
  const focused = document.activeElement;
  const carrier = element("textarea", { class: "hidden", readonly: "" }, text);
  document.body.append(carrier);
  carrier.select();
  const isCopied = document.execCommand("copy");
  carrier.remove();
  focused?.focus();
  return isCopied;
}

function asText(citation) {
  const { title, url } = citation.document;
  const known = particulars(citation).join(", ");
  const source = known ? `${title} (${known})` : title;
  const lines = [`“${citation.quote}”`, source, url, quoteLink(citation)];
  return lines.filter(Boolean).join("\n");
}

function confidence(reply) {
  const percent = Math.round(100 * reply.confidence);
  const seconds = (reply.timings_ms.total / 1000).toFixed(1);
  const isUnsure = reply.kind === "unsure";
  return element("details", { class: isUnsure ? "confidence low" : "confidence" },
    element("summary", {}, isUnsure ? "Unsure" : "Sure"),
    element("p", {},
      `Estimated chance that this is right: ${percent} %. Found in ${seconds} s.`));
}

function verdicts(exchange, keep) {
  const offered = VERDICTS.filter(([verdict]) =>
    verdict !== "wrong_passage" || exchange.reply.citations.length > 0);
  const buttons = offered.map(([verdict, label]) =>
    tool(verdict, label, async () => {
      try {
        await sendFeedback(feedback(exchange, verdict));
        exchange.verdict = verdict;
        keep();
        say(`Thank you. Noted: ${label.toLowerCase()}.`);
      } catch (error) {
        say(`That was not noted. ${error.message}`);
      }
      show();
    }));
  const show = () => buttons.forEach((each, i) =>
    each.setAttribute("aria-pressed", VERDICTS[i][0] === exchange.verdict));
  show();
  return element("div", { class: "row", role: "group", "aria-label": "Was this right?" }, buttons);
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

/** A button with the drawing of that name, labelled for those who do not see it, or in words. */
function tool(name, label, click) {
  const hint = name in ICONS ? label : null;
  return button(hint ? icon(name) : label, click, {
    class: "tool", title: hint, "aria-label": hint,
  });
}
