// The calls to the service. Every failure becomes a `Refusal` with one sentence that can be shown.

import { eventsOf } from "./stream.js";

const EVENTS = "text/event-stream";
const WAIT = 1000; // milliseconds between two attempts to fetch what a dropped connection would have brought
const ATTEMPTS = 60;

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

/**
 * The answer, and the secret id of the conversation that it is kept in, if any is; the id continues one.
 * `onReading` is told the sections that are read meanwhile.
 */
export async function postQuestion(question, history, { conversation, onReading }) {
  const headers = { Accept: `${EVENTS}, application/json;q=0.5`, ...(conversation ? { "X-Conversation": conversation } : {}) };
  const response = await send("/v1/answers", posted({ question, history }, headers));
  const streamed = response.headers.get("Content-Type")?.startsWith(EVENTS);
  const answer = streamed ? await streamedAnswer(response, onReading) : await response.json();
  return { answer, conversation: response.headers.get("X-Conversation") };
}

async function streamedAnswer(response, onReading) {
  let id = null;
  try {
    for await (const { name, data } of eventsOf(response)) {
      if (name === "question") id = data.id;
      if (name === "reading") onReading(data.sections);
      if (name === "answer") return data;
      if (name === "error") throw new Refusal(data.status, data.detail);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
  }
  if (id === null) throw new Refusal(0, "");
  return keptAnswer(id);
}

/** The answer whose stream was lost: the service goes on with its work and keeps it for some minutes. */
async function keptAnswer(id) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const response = await send(`/v1/answers/${id}`).catch((refusal) => {
      if (refusal.status !== 0) throw refusal;
    });
    if (response?.status === 200) return response.json();
    await new Promise((resolve) => setTimeout(resolve, WAIT));
  }
  throw new Refusal(0, "");
}

export const postFeedback = (feedback) => send("/v1/feedback", posted(feedback));

const posted = (body, headers = {}) => ({
  method: "POST",
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(body),
});

const call = async (path) => (await send(path)).json();

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refusal(0, "");
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new Refusal(response.status, body.detail ?? "");
}
