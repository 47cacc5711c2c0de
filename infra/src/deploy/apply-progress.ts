import { z } from "zod";

const eventSchema = z.object({
  type: z.enum(["apply_start", "apply_progress", "apply_complete", "apply_errored"]),
  hook: z.object({
    resource: z.object({ addr: z.string() }),
    action: z.string(),
    elapsed_seconds: z.number().default(0),
  }),
});

/** What takes long says so this often. */
const STILL_SECONDS = 30;
const DONE: Readonly<Record<string, string>> = { create: "created", update: "changed", delete: "destroyed" };

/** Turns the log of an apply, a JSON object a line, into lines for a reader; `total` counts its steps, a resource made anew being two. */
export function createApplyProgress(total: number, say: (line: string) => void): (line: string) => void {
  let done = 0;
  const told = new Map<string, number>();
  return (line) => {
    const event = eventSchema.safeParse(parseJson(line));
    if (!event.success) return;
    const { type, hook } = event.data;
    const { addr } = hook.resource;
    const seconds = Math.round(hook.elapsed_seconds);
    if (type === "apply_progress" && seconds >= (told.get(addr) ?? 0) + STILL_SECONDS) {
      told.set(addr, seconds);
      say(`${" ".repeat(2 * String(total).length + 3)} ${addr}: still under way (${seconds} s)`);
    }
    if (type === "apply_errored") say(`FAILED ${addr} (${seconds} s)`);
    if (type !== "apply_complete") return;
    done += 1;
    const count = String(done).padStart(String(total).length);
    say(`[${count}/${total}] ${addr} ${DONE[hook.action] ?? hook.action} (${seconds} s)`);
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
