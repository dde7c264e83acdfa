import { Postcard } from "./postcard.tsx";

export default function Page() {
  return (
    <main>
      <h1>A Gradio app in Next</h1>
      <Postcard />
      {/* No <Link>: /story is no page of Next. */}
      <p className="note">
        Or <a href="/story">read a story</a> while it is written.
      </p>
    </main>
  );
}
