/** Server-sent events, read from the reply to a POST (EventSource can only GET). */

/** Yields the events of a stream of bytes as `{ event, data }`, the data parsed. */
export async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (true) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    yield* blocks.map(parse);
  }
}

function parse(block) {
  const fields = block.split("\n").map((line) => /^(\w+): (.*)$/su.exec(line));
  const find = (name) => fields.find((field) => field?.[1] === name)?.[2];
  return { event: find("event"), data: JSON.parse(find("data")) };
}
