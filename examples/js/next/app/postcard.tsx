"use client";

import { useActionState } from "react";
import { draw } from "./actions.ts";

/** The form, and what came of it. It works before the scripts of the page have loaded, too. */
export function Postcard() {
  const [{ card, address, error }, action, isDrawing] = useActionState(draw, {});
  return (
    <form action={action}>
      <label>
        Letter, a text file
        <input name="letter" type="file" required />
      </label>
      <p>
        <button type="submit" className="main" disabled={isDrawing}>
          Draw
        </button>
      </p>
      <section aria-live="polite" aria-busy={isDrawing}>
        {card && (
          <figure>
            {/* biome-ignore lint/performance/noImgElement: <Image> would keep a copy of it at the server */}
            <img src={address} alt="The postcard" />
            <figcaption className="note">{card.orig_name}</figcaption>
          </figure>
        )}
        {error && (
          <div role="alert">
            <strong>{error.title}</strong>
            <p>{error.message}</p>
          </div>
        )}
      </section>
    </form>
  );
}
