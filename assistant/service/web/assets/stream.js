// Server-sent events as a response brings them (WHATWG HTML, "Server-sent events"; only what the service sends of it).

/** The events of a response, one by one: `{name, data}`, the data parsed as JSON. Throws when the connection drops. */
export async function* eventsOf(response) {
  let rest = "";
  for await (const text of textsOf(response)) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop();
    yield* blocks.map(parsed).filter(Boolean);
  }
}

// Not every browser can iterate a body; all of them can read one.
async function* textsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** One event; null for a comment, which only says that the connection lives. */
function parsed(block) {
  const fields = new Map(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
  return fields.has("data") ? { name: fields.get("event"), data: JSON.parse(fields.get("data")) } : null;
}
