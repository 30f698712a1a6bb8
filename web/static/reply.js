/** A reply as nodes: one answer, a list, an overview, or plain words. */

import { button, element, outerLink } from "./dom.js";
import { dates, notSaid, originalLink, quoteLink } from "./links.js";

/** Returns the nodes that show an exchange's reply. `open` is called with the citations that can
 *  be stepped through and the place of the one clicked. */
export function replyNodes({ reply }, { open }) {
  const link = (citations) => (i) => citationLink(citations, i, open);
  const number = link(reply.citations);
  switch (reply.kind) {
    case "small_talk":
    case "clarification":
      return [element("p", { class: "plain", dir: "auto" }, reply.answer)];
    case "no_answer":
      return [
        element("p", { class: "verdict" }, notSaid(reply)),
        nearest(reply, link(reply.nearest_passages)),
      ];
    case "overview":
      return [overviewOf(reply, number), origins(reply.citations)];
    default:
      return [
        reply.kind === "unsure"
          && element("p", { class: "verdict" }, "Not sure, but perhaps:"),
        ...reply.parts.length > 1
          ? [listOf(reply, number), origins(reply.citations)]
          : answerOf(reply, number),
      ];
  }
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

/** The quote inside its sentence, as the service cut it, and its number. */
function quoteOf(citation, number) {
  return element("figure", { class: "quote", dir: "auto" },
    element("blockquote", {}, citation.before, element("strong", {}, citation.quote),
      citation.after, "\u00a0", number),
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
      element("p", { dir: "auto" }, element("strong", {}, part.text), numbers(part, number)),
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
  return made;
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
  const { title, url } = citation.document;
  return element(name, { class: "origin" },
    element("cite", { dir: "auto" }, title),
    originNodes(citation),
    outerLink(originalLink(url, citation), "Open the original"));
}

/** A citation's date and page. A date that comes later, with the library, is not read aloud. */
export function originNodes({ document: { id }, page }) {
  return [
    element("span", { "data-dated": id, "aria-live": "off" }, dates.get(id)),
    page && element("span", {}, `p. ${page}`),
  ];
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
