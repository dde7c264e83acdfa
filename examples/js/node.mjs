// Stream a text, send a file, and save the one that comes back: node node.mjs URL LETTER PICTURE

import { Client, FileData, handle_file } from "gradlink";

const [, , url = "http://127.0.0.1:7860", letter = "letter.txt", picture = "postcard.png"] = process.argv;

const client = await Client.connect(url);
for await (const text of client.submit("/chat", ["Tell me a story"]).deltas()) process.stdout.write(text);

// A path is a file only where handle_file says so.
const [card] = (await client.predict("/postcard", { letter: handle_file(letter) })).data;
if (card instanceof FileData) await client.read(card).save(picture);
console.log(`\nThe postcard is in ${picture}.`);
await client.close();
