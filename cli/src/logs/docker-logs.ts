import { CliError, type Clock, command, type Runner, type TerminalPrograms, tailOf } from "@compose-fleet/process";
import { followByTime, mergeByTime } from "./in-order.ts";
import type { LogLine, LogQuery, LogSource, Logs } from "./log-line.ts";
import { createLineSplitter, shownText } from "./split-lines.ts";

/** How often new containers are looked for, milliseconds. */
const LOOK_MS = 2_000;
const FIELDS = [
  "{{.ID}}",
  '{{.Label "com.docker.compose.service"}}',
  '{{.Label "com.docker.compose.container-number"}}',
];

export interface DockerLogsDeps {
  readonly runner: Runner;
  readonly programs: Pick<TerminalPrograms, "stream">;
  readonly clock: Clock;
  /** The label that each container of the fleet has, as `KEY=VALUE`, and the one that says of which worker it is. */
  readonly fleetLabel: string;
  readonly workerLabel: string;
}

interface Container {
  readonly id: string;
  readonly source: LogSource;
}

/** The logs of containers of this machine's engine, also of those that have ended and are still there. */
export function createDockerLogs(deps: DockerLogsDeps): Logs {
  const find = async ({ wants }: LogQuery): Promise<readonly Container[]> => {
    const format = [...FIELDS, `{{.Label "${deps.workerLabel}"}}`].join("\t");
    const args = ["ps", "--all", "--no-trunc", "--filter", `label=${deps.fleetLabel}`, "--format", format];
    const result = await deps.runner.run({ ...command("docker", ...args), timeoutMs: 20_000 });
    if (result.exitCode !== 0)
      throw new CliError(`Docker does not say which containers there are: ${tailOf(result, 1)}`);
    return result.stdout.split("\n").flatMap((line): Container[] => {
      const [id = "", service = "", replica = "", worker = ""] = line.split("\t");
      const source = { machine: worker === "" ? "monitoring" : worker, service, replica };
      return id !== "" && service !== "" && wants(source) ? [{ id, source }] : [];
    });
  };
  return {
    async *read(query) {
      if (!query.follow) {
        const containers = await find(query);
        yield* mergeByTime(containers.map((container) => linesOf(deps, container, query)));
        return;
      }
      yield* followByTime(deps.clock, query.signal, async (add) => {
        const begun = new Set<string>();
        const running: Promise<void>[] = [];
        while (!query.signal.aborted) {
          for (const container of await find(query)) {
            if (begun.has(container.id)) continue;
            begun.add(container.id);
            // A container that goes in this moment has no more lines, and ends nothing else.
            running.push(add(linesOf(deps, container, query)).catch(() => undefined));
          }
          await deps.clock.sleep(LOOK_MS, query.signal).catch(() => undefined);
        }
        await Promise.all(running);
      });
    },
  };
}

async function* linesOf(
  { programs }: DockerLogsDeps,
  { id, source }: Container,
  { sinceMs, follow, signal }: LogQuery,
): AsyncGenerator<readonly LogLine[]> {
  const since = new Date(sinceMs).toISOString();
  const args = ["logs", "--timestamps", "--since", since, ...(follow ? ["--follow"] : []), id];
  const splitter = createLineSplitter();
  let at = `${since.slice(0, -1)}000000Z`;
  const read = (line: string): LogLine => {
    const [, time, text = line] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z) (.*)$/s.exec(line) ?? [];
    // What has no time of its own goes on from the line before.
    if (time !== undefined) at = time;
    return { at, source, text: shownText(text) };
  };
  for await (const chunk of programs.stream({ ...command("docker", ...args), signal })) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines.map(read);
  }
  yield splitter.end().map(read);
}
