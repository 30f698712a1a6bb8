/** The service's endpoints. */

import { readEvents } from "./events.js";
import { documentPath, ROOT } from "./links.js";

const TIMEOUT_MS = 60_000;

/** Something went wrong; the message is fit to be shown. */
export class ServiceError extends Error {}

/** Returns the reply to a question; `onStage` is told what is being done for it.
 *  Throws when `signal` is aborted, as for any other failure. */
export async function askQuestion(wanted, { onStage, signal }) {
  const response = await request("api/answer/stream", json(wanted), signal);
  return attempt(async () => {
    for await (const { event, data } of readEvents(response.body)) {
      if (event === "answer") return data;
      if (event === "error") throw new ServiceError(tell(data));
      onStage(data.stage);
    }
    throw new ServiceError("The answer broke off on its way here.");
  });
}

export async function listDocuments() {
  return (await get("api/documents")).documents;
}

/** Returns questions that the articles, or the one named, answer. */
export async function listSuggestions(documentId) {
  const query = documentId === null ? "" : `?${new URLSearchParams({ document_id: documentId })}`;
  return (await get(`api/suggestions${query}`)).questions.map((each) => each.question);
}

/** Returns a document; if a `place` in it is asked for, cut in `before`, `quote` and `after`:
 *  offsets count code points, which this language does not, so the service does the cutting. */
export function getDocument(id, place = "") {
  return get(`api/${documentPath(id)}${place}`);
}

export async function sendFeedback(feedback) {
  await request("api/feedback", json(feedback));
}

const json = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

async function get(path) {
  const response = await request(path, {});
  return attempt(() => response.json());
}

async function request(path, options, signal = new AbortController().signal) {
  return attempt(async () => {
    const response = await fetch(new URL(path, ROOT), {
      ...options,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (!response.ok) throw new ServiceError(tell(await response.json()));
    return response;
  });
}

/** Returns what `work` gives; what goes wrong in it is put in words. */
async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw new ServiceError(explain(error), { cause: error });
  }
}

const tell = (problem) => `The service says: ${problem.detail ?? problem.title}.`;

function explain(error) {
  if (error.name === "TimeoutError") {
    return "The service took too long to answer.";
  }
  if (error instanceof SyntaxError) {
    return "The service sent something that this page cannot read.";
  }
  return "The service cannot be reached. It may be starting, or have been stopped.";
}
