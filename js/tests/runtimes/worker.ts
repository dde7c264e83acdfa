// Plays the suite in Workers: each part of a scenario is a request of its own, as it is there.

import * as gradlink from "gradlink";
import * as testing from "gradlink/testing";
import { playPart } from "./suite.ts";

const kept = new Map<string, unknown>();

export default {
  async fetch(request: Request): Promise<Response> {
    // The runner asks first whether anybody listens.
    if (request.method !== "POST") return new Response("ready");
    const { place, name, part } = (await request.json()) as Parameters<typeof play>[0];
    return Response.json(await play({ place, name, part }));
  },
};

async function play(asked: { place: Parameters<typeof playPart>[1]; name: string; part: number }) {
  return await playPart({ gradlink, testing }, asked.place, asked.name, asked.part, kept);
}
