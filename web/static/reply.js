/** A reply as nodes: one answer, a list, an overview, or plain words. */

import { button, element } from "./dom.js";
import { dateOf, originalOf, particulars, quoteLink } from "./links.js";
import { introduce, judge, missing, paired } from "./text.js";
import { explained } from "./tip.js";

/** Returns the nodes that show an exchange's reply. `open` is called with the citations that can
 *  be stepped through and the place of the one clicked. */
export function replyNodes(exchange, { open }) {
  const { reply } = exchange;
  const link = (citations) => (i) => citationLink(citations, i, open);
  const number = link(reply.citations);
  switch (reply.kind) {
    case "small_talk":
    case "clarification":
      return [element("p", { class: "plain", dir: "auto" }, reply.answer)];
    case "no_answer":
      return [
        element("p", { class: "verdict" }, notSaid(exchange)),
        nearest(reply, link(reply.nearest_passages)),
      ];
    case "overview":
      return [overviewOf(reply, number), origins(reply.citations)];
    default:
      return [
        ...leads(reply).map((words) => element("p", { class: "verdict" }, words)),
        ...differ(reply)
          ? [alternativesOf(reply, number)]
          : reply.parts.length > 1
            ? [listOf(reply, number), origins(reply.citations)]
            : answerOf(reply, number),
      ];
  }
}

/** What is said before the quotes of an answer: what they come to, and how sure that is. */
export function leads({ kind, judgement, alternatives, confidence }) {
  const several = differ({ alternatives })
    && `Not sure: ${alternatives.length} articles answer differently.`;
  return [
    judgement && (judgement === "yes" ? "Yes, to judge by this:" : "No, to judge by this:"),
    kind === "unsure" && (several || introduce(confidence)),
  ].filter(Boolean);
}

/** What is said where nothing answers, with how far that reaches. */
export function notSaid({ reply: { documents_searched: count }, documentIds }) {
  if (!count) return "The articles do not say.";
  if (count === 1) return documentIds ? "This article does not say." : "The article does not say.";
  return documentIds
    ? `None of the ${count.toLocaleString("en")} articles asked says so.`
    : `None of the ${count.toLocaleString("en")} articles says so.`;
}

function answerOf(reply, number) {
  const [first, ...others] = reply.citations.map((citation, i) =>
    quoteOf(citation, number(i)));
  return [
    first,
    others.length > 0 && element("div", { class: "others" },
      element("p", { class: "label" }, "Also said here"), others),
  ];
}

/** Whether articles answer differently; each answer then has its own chance. */
export const differ = ({ alternatives }) => alternatives?.length > 1;

/** They cannot all be right; each can be what its article says. */
export const OF_ITS_ARTICLE = "what this article says";

/** What each article answers. */
function alternativesOf({ alternatives, citations }, number) {
  return element("div", { class: "alternatives" },
    alternatives.map((each) => element("section", {},
      each.citations.map((i) => quoteOf(citations[i], number(i))),
      typeof each.confidence === "number" && element("p", { class: "label" },
        `${judge(each.confidence, OF_ITS_ARTICLE)}.`))));
}

/** The quote inside its sentence, as the service cut it, and its number. */
function quoteOf(citation, number) {
  const { before, quote, after } = citation;
  // The sentence may hold half of what someone said.
  const [opened, closed] = missing(before + quote + after);
  return element("figure", { class: "quote", dir: "auto" },
    element("blockquote", {}, opened, before, element("strong", {}, quote), after, closed,
      "\u00a0", number),
    origin(citation));
}

/** Items that stand in one sentence share it. */
function listOf({ parts, citations }, number) {
  const items = parts.map((part, i) => {
    const [first] = part.citations;
    const sentence = citations[first]?.sentence;
    const next = citations[parts[i + 1]?.citations[0]];
    const shared = sentence && next && isSamePlace(citations[first], next);
    return element("li", {},
      element("p", { dir: "auto" }, element("strong", {}, paired(part.text)),
        numbers(part, number)),
      sentence && !shared && element("p", { class: "context", dir: "auto" }, sentence.text));
  });
  return element("ul", { class: "items" }, items);
}

const isSamePlace = (one, other) =>
  one.document.id === other.document.id && one.sentence.start === other.sentence.start;

function overviewOf({ parts }, number) {
  return element("blockquote", { class: "overview" }, parts.map((part) =>
    element("p", { dir: "auto" }, part.text, numbers(part, number))));
}

function numbers(part, number) {
  return part.citations.flatMap((i) => ["\u00a0", number(i)]);
}

function citationLink(citations, i, open) {
  const citation = citations[i];
  const made = element("a", {
    class: "cite",
    href: quoteLink(citation),
    "aria-label": `Citation ${i + 1}: show it in “${citation.document.title}”`,
    click: (event) => {
      // Opened elsewhere, or beside this page, if that is what was asked for.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(citations, i, made);
    },
  }, String(i + 1));
  return explained(made, citation.sentence.text);
}

/** Where quotes are from: each article once, with all its pages. */
function origins(citations) {
  const articles = Map.groupBy(citations, ({ document }) => document.id);
  return element("div", { class: "origins" }, [...articles.values()].map((each) => {
    const pages = new Set(each.map(({ page }) => page).filter(Boolean));
    return origin({ ...each[0], page: [...pages].join(", ") }, "p");
  }));
}

function origin(citation, name = "figcaption") {
  const { document } = citation;
  return element(name, { class: "origin" },
    element("cite", { dir: "auto" }, document.title),
    originNodes(citation),
    originalLink(document, citation));
}

/** Returns a link to the original, or null where that is not known. */
export function originalLink(document, citation) {
  const { href, isSaved } = originalOf(document, citation) ?? {};
  return href && element("a", { href, rel: "noreferrer", target: "_blank" },
    isSaved ? "Save the original" : "Open the original");
}

/** A citation's date and page. A date that comes later, with the library, is not read aloud. */
export function originNodes({ document, page }) {
  return [
    element("span", { "data-dated": document.id, "aria-live": "off" }, dateOf(document)),
    page && element("span", {}, `p. ${page}`),
  ];
}

/** The sources in full, as paper cannot be clicked. */
export function printedSources({ citations }) {
  return element("ol", { class: "printed" }, citations.map((citation) => element("li", {},
    `“${paired(citation.sentence.text)}” `,
    [citation.document.title, ...particulars(citation)].join(", "),
    element("br"), quoteLink(citation))));
}

function nearest(reply, number) {
  return reply.nearest_passages.length > 0 && element("details", { class: "nearest" },
    element("summary", {}, "Nearest passages, which do not answer it"),
    reply.nearest_passages.map((citation, i) => quoteOf(citation, number(i))));
}

/** Returns questions to click; null if there is none. */
export function suggestionList(questions, label, ask) {
  if (questions.length === 0) return null;
  return element("div", { class: "suggestions" },
    element("p", { class: "label" }, label),
    element("ul", {}, questions.map((question) =>
      element("li", {}, button(question, () => ask(question), { dir: "auto" })))));
}
