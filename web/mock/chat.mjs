// POST /v1/chat/completions of the mock: markdown in small pieces, in OpenAI's chunk shape.
const answer = `A spindle bearing usually gets warmer for one of these reasons:

1. **Too little grease** or the wrong one
2. **Preload** that is too high after an overhaul
3. A *worn* bearing: vibration grows before the temperature does

Look at the trend first:

\`\`\`text
temperature > 75 °C  for 10 min   -> reduce load
vibration   > 4.5 mm/s            -> stop and inspect
\`\`\`

| sign | likely cause |
| --- | --- |
| slow rise over days | grease |
| sudden rise | preload, coolant |

> I cannot see the plant; ask it with the other mode.

<img src=x onerror=alert(1)> and [a link](javascript:alert(1)) stay text.
`;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function chat(response, body, scenario) {
  const id = "chatcmpl-mock";
  const created = Math.floor(Date.now() / 1000);
  const chunk = (delta, finish = null, extra = {}) =>
    response.write(`data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model: body.model, choices: [{ index: 0, delta, finish_reason: finish }], ...extra })}\n\n`);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  chunk({ role: "assistant", content: "" });
  if (scenario.thinks) {
    for (const piece of ["Grease ", "first, ", "<b>then</b> ", "the bearing."]) chunk({ reasoning_content: piece });
    await pause(scenario.delay_ms);
  }
  const pieces = answer.match(/\s*\S{1,6}/g) ?? [];
  for (const piece of pieces) {
    if (response.destroyed) return;
    chunk({ content: piece });
    await pause(scenario.delay_ms / 10);
  }
  chunk({ content: "\n" });
  chunk({}, "stop");
  response.write(`data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model: body.model, choices: [], usage: { prompt_tokens: 31, completion_tokens: pieces.length, total_tokens: 31 + pieces.length } })}\n\n`);
  response.end("data: [DONE]\n\n");
}
