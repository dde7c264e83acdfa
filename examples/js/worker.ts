// A service that sends what a Gradio app writes to browsers, as server-sent events, while the app is writing.
//
// A bundler makes it one file, as wrangler does; GRADIO_URL is a variable of the Worker.
// curl -N "http://127.0.0.1:8787/chat?message=Hello"

import { AppError, Client, JobCancelledError, type SubmitIterable } from "gradlink";

/** What readers may ask for, and the arguments that their query gives. */
const ENDPOINTS: Record<string, (query: URLSearchParams) => Record<string, unknown>> = {
  "/chat": (query) => ({ message: query.get("message") ?? "" }),
  "/bake": (query) => ({ what: query.get("what") ?? "bread", minutes: Number(query.get("minutes") ?? 8) }),
  "/count_stars": () => ({}),
};

interface Environment {
  /** Where the app is. */
  readonly GRADIO_URL?: string;
}

export default {
  async fetch(request: Request, environment: Environment): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const argumentsOf = ENDPOINTS[pathname];
    if (!argumentsOf) return new Response("There is no such endpoint.\n", { status: 404 });
    // What a request has opened, no other request may wait for: each has a client of its own.
    const client = await Client.connect(environment.GRADIO_URL ?? "http://127.0.0.1:7860");
    const job = client.submit(pathname, argumentsOf(searchParams));
    return new Response(eventsOf(job), { headers: { "content-type": "text/event-stream" } });
  },
};

/** Pass on each piece of text as it comes, and say how the job ended. */
function eventsOf(job: SubmitIterable): ReadableStream<Uint8Array> {
  const pieces = job.deltas();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        controller.enqueue(done ? event("done", null) : event("message", value));
        if (done) controller.close();
      } catch (error) {
        if (error instanceof JobCancelledError) return;
        // Readers see what the app says to its users; everything else is for the log of this service.
        if (!(error instanceof AppError)) console.error(String(error));
        const said = error instanceof AppError ? error : { title: "Error", message: "This did not work." };
        controller.enqueue(event("failed", { title: said.title, message: said.message }));
        controller.close();
      }
    },
    // The reader has gone: nobody needs the rest, so the function is stopped.
    cancel: () => job.cancel(),
  });
}

function event(name: string, data: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}
