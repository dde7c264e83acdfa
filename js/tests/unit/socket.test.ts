// The socket of Gradio 3 in Node: what it takes of a server that says too much, too slowly, or nothing.

import type { AddressInfo } from "node:net";
import { type Socket as Connection, createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { openSocket } from "../../src/platform/socket.ts";
import type { Socket, SocketLimits } from "../../src/types.ts";
import { failureOf } from "../live/given.ts";

const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n";
const LIMITS: SocketLimits = { seconds: 20, bound: ["max_message", 1000] };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Serve connections, each of which `play` has after the request; resolves with the address, and with the first one's end. */
async function serve(play: (connection: Connection) => void): Promise<[url: string, left: Promise<void>]> {
  let leave: () => void = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const server = createServer((connection) => {
    connection.on("error", () => {}).on("close", leave);
    connection.once("data", () => play(connection));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, left];
}

async function open(url: string, limits = LIMITS): Promise<Socket> {
  const { socket } = await openSocket(url, {}, new AbortController().signal, limits);
  return socket as Socket;
}

/** Return what a socket has taken when it ends, and the error that it ended with. */
function ended(socket: Socket): Promise<[texts: string[], error: Error | undefined]> {
  const texts: string[] = [];
  return new Promise((resolve) => {
    socket.onmessage = (text) => texts.push(text);
    socket.onclose = (_, error) => resolve([texts, error]);
  });
}

function frame(text: string, first = 0x81): Buffer {
  const head = text.length < 126 ? [first, text.length] : [first, 126, text.length >> 8, text.length & 255];
  return Buffer.concat([Buffer.from(head), Buffer.from(text)]);
}

test("frames arrive whole, however they are cut", async () => {
  const long = "x".repeat(900);
  const all = Buffer.concat([frame("a"), frame(long), frame("b", 0x01), frame("c", 0x80), frame("", 0x88)]);
  const [url] = await serve((connection) => {
    connection.write(SWITCH);
    for (const byte of all) connection.write(Buffer.from([byte]));
  });
  expect(await ended(await open(url))).toEqual([["a", long, "bc"], undefined]);
});

test.each([
  ["in one frame", Buffer.from([0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0])],
  ["in many", Buffer.concat([frame("x".repeat(600), 0x01), frame("x".repeat(600), 0x00)])],
])("a message beyond max_message, %s, is not taken", async (_, bytes) => {
  const [url, left] = await serve((connection) =>
    connection.write(Buffer.concat([Buffer.from(SWITCH), bytes])),
  );
  const [texts, error] = await ended(await open(url));
  expect(texts).toEqual([]);
  expect(error).toMatchObject({ name: "AnswerTooLargeError", limit: 1000, option: "max_message" });
  await left;
});

test.each([
  ["nothing", ""],
  ["informational answers", "HTTP/1.1 103 Early Hints\r\n\r\n"],
  ["half a refusal", "HTTP/1.1 403 Forbidden\r\ncontent-length: 10\r\n\r\nx"],
])("a handshake that is answered with %s ends in its limit", async (_, text) => {
  const [url, left] = await serve((connection) => connection.write(text));
  const error = await failureOf(() => open(url, { ...LIMITS, seconds: 0.1 }));
  expect(error).toMatchObject({ name: "TransportError", execution: "not started" });
  expect(error.message).toContain("it took over 0.1 s");
  await left;
});

test("of an endless refusal the beginning is kept", async () => {
  const [url, left] = await serve((connection) => {
    connection.write("HTTP/1.1 403 Forbidden\r\n\r\n");
    const more = () => connection.write("x".repeat(65536), (error) => error ?? more());
    more();
  });
  const { refusal } = await openSocket(url, {}, new AbortController().signal, LIMITS);
  expect(refusal?.status).toBe(403);
  expect(refusal?.body).toBe("x".repeat(65536));
  await left;
});

test("a server that does not close its end is left", async () => {
  const [url, left] = await serve((connection) => connection.write(SWITCH));
  const socket = await open(url);
  socket.close();
  await left;
});
