// The calls to the service. Every failure becomes a `Refusal` with one sentence that can be shown.

export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export const getSite = () => call("/site.json");
export const getDocuments = () => call("/v1/documents");

const texts = new Map();

/** A document with its text; kept, since a reader goes back and forth. */
export function getDocument(id) {
  if (!texts.has(id)) {
    const path = id.split("/").map(encodeURIComponent).join("/");
    const wanted = call(`/v1/documents/${path}`);
    texts.set(id, wanted);
    wanted.catch(() => texts.delete(id));
  }
  return texts.get(id);
}

export const postQuestion = (question, history) =>
  call("/v1/answers", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ question, history }),
  });

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refusal(0, "");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(response.status, body.detail ?? "");
  return body;
}
