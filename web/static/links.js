/** Addresses: of the service, of an answer, of a quote, and of the original page. */

/** Where the service lives, whatever the page's own address is. */
export const ROOT = new URL("..", import.meta.url);

const WHOLE_WORDS = 12;
const EDGE_WORDS = 5;
const CONTEXT_WORDS = 3;

export function documentPath(id) {
  return `documents/${id.split("/").map(encodeURIComponent).join("/")}`;
}

/** Returns the address that gives an answer again, without the talk that led to it. */
export function answerLink({ question, documentIds, reply }) {
  const wanted = new URLSearchParams({ q: reply?.interpreted_question ?? question });
  const summed = reply?.kind === "overview" ? reply.citations : [];
  const ids = documentIds ?? summed.map((citation) => citation.document.id);
  for (const id of new Set(ids)) wanted.append("in", id);
  return new URL(`#${wanted}`, ROOT).href;
}

/** Returns a citation's place, in the service's form. */
export function placeOf({ document: { id }, start, end }) {
  return { document_id: id, start, end };
}

export function quoteLink(citation) {
  const place = `${citation.start}-${citation.end}`;
  return new URL(`${documentPath(citation.document.id)}#${place}`, ROOT).href;
}

/** When each article was published, by id, in words. */
export const dates = new Map();

/** Returns when a citation's article is from, and on which page it stands: what is known. */
export function particulars({ document: { id }, page }) {
  return [dates.get(id), page ? `p. ${page}` : null].filter(Boolean);
}

/** Returns the original's address, at the quote where the browser can find text;
 *  null without a web address. */
export function originalLink(url, citation = null) {
  if (!url || !/^https?:\/\//iu.test(url)) return null;
  if (citation === null) return url;
  return `${url}${url.includes("#") ? "" : "#"}:~:text=${textDirective(citation)}`;
}

/** Long quotes are named by their first and last words, which may be in two paragraphs;
 *  short ones, which may stand in many places, by the words round them as well. */
function textDirective({ quote, before = "", after = "" }) {
  const words = inWords(quote);
  if (words.length > WHOLE_WORDS) {
    return `${encodeTerm(words.splice(0, EDGE_WORDS))},${encodeTerm(words.splice(-EDGE_WORDS))}`;
  }
  const prefix = encodeTerm(inWords(before.split(/[\r\n]/u).at(-1)).splice(-CONTEXT_WORDS));
  const suffix = encodeTerm(inWords(after.split(/[\r\n]/u)[0]).splice(0, CONTEXT_WORDS));
  return `${prefix && `${prefix}-,`}${encodeTerm(words)}${suffix && `,-${suffix}`}`;
}

const inWords = (text) => text.match(/\S+/gu) ?? [];
// A hyphen has a meaning of its own there.
const encodeTerm = (words) => encodeURIComponent(words.join(" ")).replaceAll("-", "%2D");

/** Returns what the page's address asks for: a question, a place in an article, or null. */
export function readAddress({ href, hash } = location) {
  const wanted = new URLSearchParams(hash.replace(/^#/u, ""));
  if (wanted.get("q")) {
    const ids = wanted.getAll("in");
    return { question: wanted.get("q").trim(), documentIds: ids.length > 0 ? ids : null };
  }
  const base = new URL("documents/", ROOT).href;
  if (!href.startsWith(base)) return null;
  const path = href.replace(base, "").replace(/[?#].*$/su, "");
  const place = /^#(\d+)-(\d+)$/u.exec(hash);
  const id = path.split("/").map(decode).join("/");
  return { id, ...(place && { start: Number(place[1]), end: Number(place[2]) }) };
}

function decode(step) {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** What is said where nothing answers. */
export const notSaid = ({ nearest_passages: [first, ...more] }) =>
  more.some((each) => each.document.id !== first.document.id)
    ? "The articles do not say." : "The article does not say.";
