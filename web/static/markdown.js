/** The talk as a file, with its quotes and where they stand. */

import { element } from "./dom.js";
import { particulars, quoteLink } from "./links.js";
import { differ, leads, notSaid, OF_ITS_ARTICLE } from "./reply.js";
import { judge, paired } from "./text.js";

/** Returns exchanges in Markdown. */
export function toMarkdown(exchanges) {
  const answered = exchanges.filter(({ reply }) => reply !== null);
  return [
    "# Questions and quotes",
    ...answered.flatMap((exchange) => [
      `## ${escape(exchange.question)}`, ...said(exchange), sources(exchange.reply),
    ]),
  ].filter(Boolean).join("\n\n") + "\n";
}

/** Returns exchanges as JSON: what was asked and what the service sent, with each quote's link. */
export function toJson(name, exchanges) {
  const answered = exchanges.filter(({ reply }) => reply !== null);
  return `${JSON.stringify({
    name,
    exchanges: answered.map(({ at, question, documentIds, reply, feedback }) => ({
      asked_at: new Date(at).toISOString(),
      question,
      document_ids: documentIds,
      reply,
      links: reply.citations.map(quoteLink),
      verdict: feedback?.verdict ?? null,
      comment: feedback?.comment ?? null,
    })),
  }, null, 2)}\n`;
}

/** Hands a text to the reader as a file. */
export function saveFile(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: url, download: name }).click();
  // After the browser has taken it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function said(exchange) {
  const { reply } = exchange;
  const note = reply.interpreted_question
    ? [`*Understood as: ${escape(reply.interpreted_question)}*`] : [];
  if (reply.kind === "no_answer") return [...note, notSaid(exchange)];
  if (reply.parts.length === 0) return [...note, escape(reply.answer)];
  const chance = (share, what) => typeof share === "number" ? [`*${judge(share, what)}*`] : [];
  const statements = reply.parts.flatMap((part) => [
    `> ${escape(paired(part.text))} ${part.citations.map((i) => `[${i + 1}]`).join(" ")}`,
    ...differ(reply) ? chance(part.confidence, OF_ITS_ARTICLE) : [],
  ]);
  const whole = reply.kind === "overview" || differ(reply) ? [] : chance(reply.confidence);
  return [...note, ...leads(reply), ...statements, ...whole];
}

function sources({ citations }) {
  const lines = citations.map((citation, i) => {
    const link = `[${escape(citation.document.title)}](${quoteLink(citation)})`;
    const source = [link, ...particulars(citation)].join(", ");
    return `${i + 1}. “${escape(paired(citation.sentence.text))}” (${source})`;
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
