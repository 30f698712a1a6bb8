/** Addresses: of the service, of an answer, of a quote, and of the original page. */

/** Where the service lives, whatever the page's own address is: two above its scripts. */
export const ROOT = new URL("../..", import.meta.url);

const WHOLE_WORDS = 12;
const EDGE_WORDS = 5;
const CONTEXT_WORDS = 3;
const SELECTOR_WORDS = 8;
const HASH_START = /^[0-9a-f]{12}/u;

export function documentPath(id) {
  return `documents/${id.split("/").map(encodeURIComponent).join("/")}`;
}

export function documentLink(id) {
  return new URL(documentPath(id), ROOT).href;
}

/** Returns the address that gives an answer again, without the talk that led to it. */
export function answerLink({ question, documentIds, reply }) {
  const wanted = new URLSearchParams({ q: reply?.interpreted_question ?? question });
  const summed = reply?.kind === "overview" ? reply.citations : [];
  const ids = documentIds ?? summed.map((citation) => citation.document.id);
  for (const id of new Set(ids)) wanted.append("in", id);
  return new URL(`?${wanted}`, ROOT).href;
}

/** Returns a citation's place, in the service's form. */
export function placeOf({ document: { id }, start, end }) {
  return { document_id: id, start, end };
}

/** Returns what finds a quote again, in the service's form: where it stood, its words and those
 *  round them, and which text that was. */
export function selectorOf({ document: { sha256 }, start, end, quote, before = "", after = "" }) {
  const wanted = { start, end };
  if (quote !== undefined) {
    Object.assign(wanted, {
      exact: quote,
      prefix: inWords(before).splice(-SELECTOR_WORDS).join(" "),
      suffix: inWords(after).splice(0, SELECTOR_WORDS).join(" "),
    });
  }
  if (sha256) wanted.sha256 = HASH_START.exec(sha256)?.[0] ?? "";
  return new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== ""));
}

/** Returns a quote's address, which cannot show other words than these. */
export function quoteLink(citation) {
  return `${documentLink(citation.document.id)}?${selectorOf(citation)}`;
}

/** When each article was published, by id, in words. */
export const dates = new Map();

/** Returns when an article is from, in words; undefined if that is not known. */
export function dateOf({ id, published }) {
  return published ? dayInWords(published) : dates.get(id);
}

export function dayInWords(date) {
  const day = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(day.valueOf())
    ? date
    : day.toLocaleDateString("en", { dateStyle: "long", timeZone: "UTC" });
}

/** Returns when a citation's article is from, and on which page it stands: what is known. */
export function particulars({ document, page }) {
  return [dateOf(document), page ? `p. ${page}` : null].filter(Boolean);
}

/** Returns where the original is, `{ href, isSaved }`: at the quote where the browser can find
 *  text, or at its page. Null where that is not known. What was brought and is no PDF the browser
 *  saves. */
export function originalOf({ id, url }, citation = null) {
  const isWeb = /^https?:\/\//iu.test(url ?? "");
  if (!isWeb && !BROUGHT.test(id)) return null;
  const href = isWeb ? url : new URL(`api/originals/${encodeURIComponent(id)}`, ROOT).href;
  const isPdf = /\.pdf$/iu.test(new URL(href).pathname);
  if (isPdf && citation?.page) {
    return { href: `${href.replace(/#.*$/u, "")}#page=${Number.parseInt(citation.page, 10)}` };
  }
  if (!isWeb || !citation) return { href, isSaved: !isWeb && !isPdf };
  return { href: `${href}${href.includes("#") ? "" : "#"}:~:text=${textDirective(citation)}` };
}

/** The id of an article that is all of a file which was brought: the service keeps the file. */
const BROUGHT = /^added:[^/]+$/u;

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

/** Returns what the page's address asks for: a question, an article or a place in it, or null. */
export function readAddress({ href, hash, search } = location) {
  const path = href.replace(/[?#].*$/su, "");
  const base = new URL("documents/", ROOT).href;
  if (!path.startsWith(base)) {
    // Links of earlier versions asked behind a "#".
    const wanted = new URLSearchParams(search || hash.replace(/^#/u, "?"));
    const ids = wanted.getAll("in");
    const question = wanted.get("q")?.trim();
    return question ? { question, documentIds: ids.length > 0 ? ids : null } : null;
  }
  const id = path.replace(base, "").split("/").map(decode).join("/");
  const old = /^#(\d+)-(\d+)$/u.exec(hash);
  const wanted = new URLSearchParams(search);
  const [start, end] = old ? [old[1], old[2]] : [wanted.get("start"), wanted.get("end")];
  if (start === null || end === null) return { id };
  return {
    id,
    citation: {
      document: { id, title: id, sha256: wanted.get("sha256") },
      start: Number(start),
      end: Number(end),
      quote: wanted.get("exact") ?? undefined,
      before: wanted.get("prefix") ?? "",
      after: wanted.get("suffix") ?? "",
    },
  };
}

function decode(step) {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
