import { type FormEvent, useState } from "react";
import { useJob } from "./useJob.ts";

interface Field {
  readonly name: string;
  readonly label: string;
  readonly value: string | number;
}

/** The functions of the app that the page offers, with the parameters that they have. */
const FUNCTIONS: { title: string; endpoint: string; verb: string; fields: Field[] }[] = [
  {
    title: "Chat",
    endpoint: "/chat",
    verb: "Send",
    fields: [{ name: "message", label: "Message", value: "Tell me a story" }],
  },
  {
    title: "Bake",
    endpoint: "/bake",
    verb: "Bake",
    fields: [
      { name: "what", label: "What", value: "bread" },
      { name: "minutes", label: "Minutes", value: 8 },
    ],
  },
  {
    title: "Divide",
    endpoint: "/divide",
    verb: "Divide",
    fields: [
      { name: "dividend", label: "Dividend", value: 1 },
      { name: "divisor", label: "Divisor", value: 0 },
    ],
  },
  { title: "Stars", endpoint: "/count_stars", verb: "Count", fields: [] },
];

export function App() {
  const [chosen, choose] = useState(0);
  const shown = FUNCTIONS[chosen];
  return (
    <main>
      <h1>A Gradio app in React</h1>
      <nav>
        {FUNCTIONS.map(({ title }, index) => (
          <button
            key={title}
            type="button"
            aria-current={index === chosen ? "page" : undefined}
            onClick={() => choose(index)}
          >
            {title}
          </button>
        ))}
      </nav>
      {/* With a key the form of another function is another component: this one goes, and its job with it. */}
      {shown && <Call key={shown.endpoint} {...shown} />}
    </main>
  );
}

function Call({ endpoint, verb, fields }: { endpoint: string; verb: string; fields: Field[] }) {
  const job = useJob(endpoint);

  function send(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const values = fields.map(({ name, value }) => {
      const entered = form.get(name);
      return [name, typeof value === "number" ? Number(entered) : entered];
    });
    void job.run(Object.fromEntries(values));
  }

  return (
    <form onSubmit={send}>
      {fields.map(({ name, label, value }) => (
        <label key={name}>
          {label}
          <input
            name={name}
            defaultValue={value}
            type={typeof value === "number" ? "number" : "text"}
            required
          />
        </label>
      ))}
      <p className="buttons">
        <button type="submit" className="main" disabled={job.stage === "running"}>
          {verb}
        </button>
        <button type="button" disabled={job.stage !== "running"} onClick={job.stop}>
          Stop
        </button>
      </p>
      <Outcome {...job} />
    </form>
  );
}

function Outcome({ stage, text, before, progress, messages, error }: ReturnType<typeof useJob>) {
  return (
    <section aria-live="polite" aria-busy={stage === "running"}>
      {before > 0 && <p className="note">{before} before you in the queue</p>}
      {progress && (
        <label className="note">
          {progress.label}
          <progress value={progress.value ?? undefined} max={progress.max} />
        </label>
      )}
      {messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages are only ever added
        <p className="note" key={index}>
          {message}
        </p>
      ))}
      {text && <output>{text}</output>}
      {stage === "stopped" && <p className="note">Stopped.</p>}
      {error && (
        <div role="alert">
          <strong>{error.title}</strong>
          <p>{error.message}</p>
        </div>
      )}
    </section>
  );
}
