/** The service's endpoints. */

const TIMEOUT_MS = 60_000;

/** Something went wrong; the message is fit to be shown. */
export class ServiceError extends Error {}

export function askQuestion(question) {
  return call("api/answer", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ question }),
  });
}

export async function listDocuments() {
  return (await call("api/documents")).documents;
}

/** Returns a document cut in `before`, `quote` and `after`: offsets count code points,
 *  which this language does not, so the service does the cutting. */
export function getExcerpt(id, start, end) {
  return call(`${documentPath(id)}?start=${start}&end=${end}`);
}

export function getDocument(id) {
  return call(documentPath(id));
}

function documentPath(id) {
  return `api/documents/${id.split("/").map(encodeURIComponent).join("/")}`;
}

async function call(path, options = {}) {
  let response;
  let body;
  try {
    response = await fetch(new URL(path, document.baseURI), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...options,
    });
    body = await response.json();
  } catch (error) {
    throw new ServiceError(explain(error), { cause: error });
  }
  if (!response.ok) {
    throw new ServiceError(`The service says: ${body.detail ?? response.statusText}.`);
  }
  return body;
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
