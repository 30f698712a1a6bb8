/** What can be done with an answer: weigh it, copy it, link to it, judge it. */

import { button, element, icon, ICONS, say } from "./dom.js";
import { answerLink, particulars, quoteLink } from "./links.js";
import { differ } from "./reply.js";
import { judge, odds, paired } from "./text.js";
import { verdicts } from "./verdicts.js";

const takesFeedback = document.documentElement.dataset.feedback === "on";

/** Returns the row of tools below an answer. `keep` is called when a verdict is given. */
export function answerTools(exchange, keep) {
  const { reply } = exchange;
  const quotes = firstCitations(reply);
  return element("div", { class: "tools" },
    quotes.length > 0 && confidence(reply),
    element("div", { class: "row" },
      quotes.length > 0 && tool("copy", "Copy quote with source", () =>
        copy(quotes.map(asText).join("\n\n"), "Quote copied.")),
      tool("link", "Copy link to this answer", () =>
        copy(answerLink(exchange), "Link copied.")),
      takesFeedback && verdicts(exchange, keep)),
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

/** A quote with its sentence and source, a line for each. */
function asText(citation) {
  const { title, url } = citation.document;
  const known = particulars(citation).join(", ");
  const source = known ? `${title} (${known})` : title;
  const quote = paired(citation.quote);
  const sentence = paired(citation.sentence.text).replace(/\s+/gu, " ");
  return [
    `“${quote}”`, sentence !== quote && `In: “${sentence}”`, source, url, quoteLink(citation),
  ].filter(Boolean).join("\n");
}

/** How likely the answer is right, as people say it; nothing where nobody estimated that. */
function confidence(reply) {
  const { confidence: share, kind, timings_ms: { total } } = reply;
  // Sentences are chosen for an overview; there is no right or wrong to estimate. Where articles
  // differ, each one's answer has its own chance.
  if (typeof share !== "number" || kind === "overview" || differ(reply)) return null;
  const seconds = (total / 1000).toFixed(1);
  return element("details", { class: share < 0.5 ? "confidence low" : "confidence" },
    element("summary", {}, judge(share)),
    element("p", {},
      `Of answers that this service is as confident of, ${odds(share)} were right when it was `
      + `measured (${Math.round(100 * share)} %). Found in ${seconds} s.`));
}

/** A button with the drawing of that name, labelled for those who do not see it, or in words. */
export function tool(name, label, click, properties = {}) {
  const hint = name in ICONS ? label : null;
  return button(hint ? icon(name) : label, click, {
    class: "tool", title: hint, "aria-label": hint, ...properties,
  });
}
