/** @import { CallEvent, Failure } from "./types.js" */

/**
 * Send a JSON text to this server.
 *
 * @param {string} path
 * @param {string} body
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 */
export function post(path, body, signal) {
  return fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    ...(signal ? { signal } : {}),
  });
}

/**
 * Read what happens to a call, line by line.
 *
 * @param {Response} response
 * @param {(event: CallEvent) => void} take
 */
export async function readEvents(response, take) {
  const reader = response.body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    rest += decoder.decode(value, { stream: !done });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line) take(JSON.parse(line));
    if (done) return;
  }
}

/**
 * Make what the page says when its own server does not answer.
 *
 * @param {unknown} problem
 * @returns {Failure}
 */
export function unanswered(problem) {
  const why = problem instanceof Error ? problem.message : String(problem);
  const text = `gradlink docs does not answer (${why}): has it been ended? Start it again, and open the address that it prints.`;
  return { kind: "No answer", title: "", text, problems: {}, app: false, execution: null };
}
