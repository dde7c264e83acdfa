// A server in a process of its own that costs next to nothing: an echo, and bursts of updates. Prints its address.

import { ScriptedApp, type ScriptedJob } from "../tests/server/scripted.ts";

const app: ScriptedApp = await ScriptedApp.start();

app.play = (job: ScriptedJob) => {
  app.asked.length = 0;
  const [, count] = /^burst (\d+)$/.exec(String(job.data[0])) ?? [];
  if (count !== undefined) burst(job, Number(count));
  else job.completes(...job.data);
  // The stream stays open: who keeps it saves a request.
};

/** Send that many values of a text that grows, in one go: edits, in messages like those of Gradio 6. */
function burst(job: ScriptedJob, count: number): void {
  job.starts();
  job.generates(["0 "]);
  const updates: string[] = [];
  for (let index = 1; index < count; index += 1) {
    const output = {
      data: [[["append", [], `${index} `]]],
      is_generating: true,
      duration: 1 / (index + 7),
      average_duration: 1 / 7,
      render_config: null,
      changed_state_ids: [],
    };
    const message = { msg: "process_generating", event_id: job.id, output, success: true, time_limit: null };
    updates.push(`data: ${JSON.stringify(message)}\n\n`);
  }
  app.sendRaw(job.session, updates.join(""));
  // At the end Gradio repeats the whole.
  job.completes(Array.from({ length: count }, (_, index) => `${index} `).join(""));
}

process.on("disconnect", () => process.exit());
process.send?.(app.url);
