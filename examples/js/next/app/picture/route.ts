import { FileData } from "gradlink";
import type { NextRequest } from "next/server";
import { connect } from "../gradio.ts";
import { pathIn } from "./signed.ts";

/** Send a picture of the app to a browser, which need not reach the app. */
export async function GET(request: NextRequest): Promise<Response> {
  const path = pathIn(request.nextUrl.searchParams);
  if (path === null) return new Response("There is no such picture.\n", { status: 404 });
  const client = await connect();
  const headers = { "content-type": "image/png", "x-content-type-options": "nosniff" };
  return new Response(client.read(new FileData({ path })).stream(), { headers });
}
