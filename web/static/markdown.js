/** The talk as a Markdown file, with its quotes and where they stand. */

import { element } from "./dom.js";
import { notSaid, particulars, quoteLink } from "./links.js";

/** Returns the talk in Markdown. */
export function toMarkdown(exchanges) {
  const answered = exchanges.filter(({ reply }) => reply !== null);
  return [
    "# Questions and quotes",
    ...answered.flatMap(({ question, reply }) => [
      `## ${escape(question)}`, ...said(reply), sources(reply),
    ]),
  ].filter(Boolean).join("\n\n") + "\n";
}

/** Hands a text to the reader as a file. */
export function saveFile(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
  element("a", { href: url, download: name }).click();
  // After the browser has taken it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function said(reply) {
  const note = reply.interpreted_question
    ? [`*Understood as: ${escape(reply.interpreted_question)}*`] : [];
  if (reply.kind === "no_answer") return [...note, notSaid(reply)];
  if (reply.parts.length === 0) return [...note, escape(reply.answer)];
  const unsure = reply.kind === "unsure" ? ["Not sure:"] : [];
  const statements = reply.parts.map((part) =>
    `> ${escape(part.text)} ${part.citations.map((i) => `[${i + 1}]`).join(" ")}`);
  return [...note, ...unsure, ...statements];
}

function sources({ citations }) {
  const lines = citations.map((citation, i) => {
    const link = `[${escape(citation.document.title)}](${quoteLink(citation)})`;
    const source = [link, ...particulars(citation)].join(", ");
    return `${i + 1}. “${escape(citation.sentence.text)}” (${source})`;
  });
  return lines.join("\n");
}

/** Text that is not to be taken for Markdown or markup; a quote stays in one paragraph. */
function escape(text) {
  return text.trim()
    .replace(/\s*[\r\n]+\s*/gu, " ")
    .replace(/[\\`*_[\]<>#|~&]/gu, "\\$&")
    .replace(/^[-+=]/u, "\\$&")
    .replace(/^(\d+)([.)])/u, "$1\\$2");
}
