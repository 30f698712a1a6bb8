/** The service's endpoints. */

import { readEvents } from "./events.js";
import { documentPath, ROOT } from "./links.js";

const TIMEOUT_MS = 60_000;
// A large file on a slow line.
const UPLOAD_TIMEOUT_MS = 600_000;

/** Something went wrong; the message is fit to be shown. */
export class ServiceError extends Error {}

/** Returns the reply to a question; `onStage` is told what is being done for it.
 *  Throws when `signal` is aborted, as for any other failure. */
export async function askQuestion(wanted, { onStage, signal }) {
  const response = await request("api/answer/stream", json(wanted), { signal });
  return attempt(async () => {
    for await (const { event, data } of readEvents(response.body)) {
      if (event === "answer") return data;
      if (event === "error") throw new ServiceError(tell(data));
      onStage(data.stage);
    }
    throw new ServiceError("The answer broke off on its way here.");
  });
}

/** Returns a page of the articles whose title or text has the words, as the service lists them. */
export function listDocuments({ words = "", limit, cursor = null }) {
  const wanted = new URLSearchParams({ limit });
  if (words) wanted.set("q", words);
  if (cursor) wanted.set("cursor", cursor);
  return get(`api/documents?${wanted}`);
}

/** Returns questions that the articles, or the one named, answer. */
export async function listSuggestions(documentId) {
  const query = documentId === null ? "" : `?${new URLSearchParams({ document_id: documentId })}`;
  return (await get(`api/suggestions${query}`)).questions.map((each) => each.question);
}

/** Returns a document in pieces: a text is cut by the service, whose offsets count code points,
 *  which this language does not. */
export function getDocument(id) {
  return get(`api/${documentPath(id)}?view=pieces`);
}

/** Returns a document in pieces, with a quote marked where its words are, and the others' places. */
export function getMarked(id, selector, others) {
  const wanted = new URLSearchParams(selector);
  wanted.set("view", "pieces");
  const places = others.map(({ start, end }) => `${start}-${end}`);
  if (places.length > 0) wanted.set("also", places.join(","));
  return get(`api/${documentPath(id)}?${wanted}`);
}

/** Returns which index is answered from now, and how many articles it has. */
export function getState() {
  return get("readyz");
}

/** Keeps a verdict; returns the id by which it can be changed. */
export async function sendFeedback(feedback) {
  const response = await request("api/feedback", json(feedback));
  return (await response.json()).id;
}

/** Changes what is said of an answer: its verdict and its comment, or null. */
export async function changeFeedback(id, changed) {
  await request(`api/feedback/${id}`, json(changed, "PUT"));
}

export async function withdrawFeedback(id) {
  await request(`api/feedback/${id}`, { method: "DELETE" });
}

/** Sends a file to be indexed; returns the build that it is in. */
export async function addDocument(file) {
  const form = new FormData();
  form.append("files", file, file.name);
  const response = await request("api/documents", { method: "POST", body: form },
    { timeout: UPLOAD_TIMEOUT_MS });
  return response.json();
}

/** Changes an article's title, or takes it back when it was removed; returns the build. */
export async function changeDocument(id, changes) {
  const response = await request(`api/${documentPath(id)}`, json(changes, "PATCH"));
  return response.json();
}

export async function removeDocument(id) {
  const response = await request(`api/${documentPath(id)}`, { method: "DELETE" });
  return response.json();
}

/** Yields how far each file of a build is, until all are done. */
export async function* followBuild(id) {
  for (let isOver = false; !isOver;) {
    const response = await request(`api/builds/${id}`, {}, { timeout: UPLOAD_TIMEOUT_MS });
    const events = readEvents(response.body);
    while (true) {
      const { value, done } = await attempt(() => events.next());
      if (done) break;
      yield value.data.files;
      isOver = value.data.is_over;
    }
  }
}

const json = (body, method = "POST") => ({
  method,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

async function get(path) {
  const response = await request(path, {});
  return attempt(() => response.json());
}

async function request(path, options, { signal = null, timeout = TIMEOUT_MS } = {}) {
  return attempt(async () => {
    const signals = [AbortSignal.timeout(timeout), signal].filter(Boolean);
    const response = await fetch(new URL(path, ROOT), {
      ...options, signal: AbortSignal.any(signals),
    });
    if (!response.ok) {
      const error = new ServiceError(tell(await response.json()));
      error.status = response.status;
      throw error;
    }
    return response;
  });
}

/** Returns what `work` gives; what goes wrong in it is put in words. */
async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    const told = new ServiceError(explain(error), { cause: error });
    told.isAway = error.name === "TypeError" || error.name === "TimeoutError";
    throw told;
  }
}

/** What can go wrong, in words that a reader knows; the rest as the service puts it. */
const KNOWN = {
  404: "This is not here any more. It may have been removed.",
  413: "That is too large for the service.",
  429: "The service is asked too much at the moment. Try again in a while.",
  503: "The service is busy or just starting. Try again in a moment.",
  504: "The service took too long to answer. Try again, or ask fewer articles.",
  500: "Something went wrong in the service; whoever runs it finds the reason in its log.",
};

function tell({ status, detail, title, errors }) {
  if (errors?.some(({ pointer }) => pointer === "#/document_ids")) {
    return "An article that was to be asked is not here any more. Choose which to ask.";
  }
  if (status in KNOWN) return KNOWN[status];
  const words = detail ?? title ?? "something went wrong";
  return `The service says: ${words.replace(/\.$/u, "")}.`;
}

function explain(error) {
  if (error.name === "TimeoutError") {
    return "The service took too long to answer.";
  }
  if (error instanceof SyntaxError) {
    return "The service sent something that this page cannot read.";
  }
  return "The service cannot be reached. It may be starting, or have been stopped.";
}
