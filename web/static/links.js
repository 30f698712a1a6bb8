/** Addresses: of the service, of an answer, of a quote, and of the original page. */

/** Where the service lives, whatever the page's own address is. */
export const ROOT = new URL("..", import.meta.url);

const WHOLE_WORDS = 12;
const EDGE_WORDS = 5;

export function documentPath(id) {
  return `documents/${id.split("/").map(encodeURIComponent).join("/")}`;
}

/** Returns the address that asks a question again, of the same articles. */
export function answerLink({ question, documentIds }) {
  const wanted = new URLSearchParams({ q: question });
  for (const id of documentIds ?? []) wanted.append("in", id);
  return new URL(`#${wanted}`, ROOT).href;
}

export function quoteLink(citation) {
  const place = `${citation.start}-${citation.end}`;
  return new URL(`${documentPath(citation.document.id)}#${place}`, ROOT).href;
}

/** Returns when a citation's article is from, and on which page it stands: what is known. */
export function particulars({ document: { id }, page }, dates) {
  return [dates.get(id), page ? `p. ${page}` : null].filter(Boolean);
}

/** Returns the original's address, at the quote where the browser can find text;
 *  null if an article's address is no web address. */
export function originalLink(url, citation = null) {
  if (!url || !/^https?:\/\//iu.test(url)) return null;
  if (citation === null) return url;
  return `${url}${url.includes("#") ? "" : "#"}:~:text=${textDirective(citation.quote)}`;
}

/** Long quotes are named by their first and last words, which may be in two paragraphs. */
function textDirective(quote) {
  const words = quote.trim().split(/\s+/u);
  if (words.length <= WHOLE_WORDS) return encodeTerm(words);
  const first = words.filter((_, i) => i < EDGE_WORDS);
  const last = words.filter((_, i) => i >= words.length - EDGE_WORDS);
  return `${encodeTerm(first)},${encodeTerm(last)}`;
}

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
  return place === null
    ? { id }
    : { id, start: Number(place[1]), end: Number(place[2]) };
}

function decode(step) {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
