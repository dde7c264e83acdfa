import type { NextRequest } from "next/server";
import { connect } from "../gradio.ts";

/** Send a story while the app writes it. */
export async function GET(request: NextRequest): Promise<Response> {
  const message = request.nextUrl.searchParams.get("message") ?? "Tell me a story";
  const client = await connect();
  // The signal is aborted when the reader goes away: nobody needs the rest, so the function is stopped.
  const job = client.submit("/chat", { message }, undefined, { signal: request.signal });
  const pieces = job.deltas();
  const text = new ReadableStream<string>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return new Response(text.pipeThrough(new TextEncoderStream()), { headers });
}
