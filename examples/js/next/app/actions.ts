"use server";

import { AppError, type FileData } from "gradlink";
import { connect } from "./gradio.ts";
import { addressOf } from "./picture/signed.ts";

/** What the page shows: a card and where browsers find it, or what went wrong. */
export interface Drawn {
  readonly card?: FileData;
  readonly address?: string;
  readonly error?: { readonly title: string; readonly message: string };
}

/** Draw a postcard with the text of a letter. */
export async function draw(_before: Drawn, form: FormData): Promise<Drawn> {
  try {
    const letter = form.get("letter");
    if (!(letter instanceof File)) throw new Error("the form has no letter");
    const client = await connect();
    const { data } = await client.predict<[FileData]>("/postcard", { letter });
    const [card] = data;
    return { card, address: addressOf(card) };
  } catch (error) {
    // Visitors see what the app says to its users; everything else is for the log of this server.
    if (error instanceof AppError) return { error: { title: error.title, message: error.message } };
    console.error(error);
    return { error: { title: "No answer", message: "This did not work." } };
  }
}
