// One rival in a process of its own: it does what it is told and says what that took.

import { RIVALS, type Rival } from "./rivals.ts";

/** What to do; the answer is a `Cost` or an `error`. */
export interface Task {
  readonly what: "connect" | "predicts" | "stream" | "crowd";
  readonly url: string;
  readonly count: number;
}

export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** How many answers were right. */
  readonly right: number;
}

const name: string = String(process.argv[2]);
const connected = new Map<string, Rival>();

async function rivalAt(url: string): Promise<Rival> {
  const make = RIVALS[name];
  if (!make) throw new Error(`nobody is called ${name}`);
  const rival = connected.get(url) ?? (await make(url));
  connected.set(url, rival);
  return rival;
}

async function perform({ what, url, count }: Task, rival: Rival): Promise<number> {
  let right = 0;
  switch (what) {
    case "connect":
      (await RIVALS[name]?.(url))?.close();
      return 1;
    case "predicts":
      for (let index = 0; index < count; index += 1) {
        if ((await rival.predict(`text ${index}`)) === `text ${index}`) right += 1;
      }
      return right;
    case "crowd": {
      const texts = Array.from({ length: count }, (_, index) => `text ${index}`);
      const answers = await Promise.allSettled(texts.map((text) => rival.predict(text)));
      return answers.filter((answer, index) => answer.status === "fulfilled" && answer.value === texts[index])
        .length;
    }
    case "stream": {
      const [values, last] = await rival.stream(`burst ${count}`);
      const whole = Array.from({ length: count }, (_, index) => `${index} `).join("");
      // Who gives the last one twice has given them all, too.
      return last === whole ? Math.min(values, count) : 0;
    }
  }
}

async function measure(task: Task): Promise<Cost> {
  const rival = await rivalAt(task.url);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const right = await perform(task, rival);
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1000, right };
}

process.on("message", (task: Task) => {
  measure(task).then(
    (cost) => process.send?.(cost),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
