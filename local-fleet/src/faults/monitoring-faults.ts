import { readFile, writeFile } from "node:fs/promises";
import type { Clock } from "@compose-fleet/process";
import { must, type Runner } from "@compose-fleet/process";
import { docker } from "../machine/docker/docker.ts";
import type { Outside } from "../outside/start-outside.ts";
import type { FaultName } from "./catalogue.ts";
import { duplicateWebhooks } from "./duplicate-webhooks.ts";
import { type Fault, FaultError } from "./fault.ts";

export interface MonitoringFaultsDeps {
  readonly runner: Runner;
  /** Compose project of the monitoring stack. */
  readonly project: string;
  /** Compose service of the wh that leads now. */
  readonly leadingService: () => Promise<string>;
  /** The configuration that the running Alertmanager reads. */
  readonly alertmanagerFile: string;
  /** Moves one wh's clock, milliseconds; 0 sets it right. */
  readonly shiftClock: (service: string, ms: number) => Promise<void>;
  /** Compose services of all wh. */
  readonly whServices: readonly string[];
  readonly clock: Clock;
  readonly outside: Pick<Outside, "telegram" | "gate">;
}

const CLOCK_JUMP_MS = 3_600_000;
const CLOCK_STEP_MS = 1_200_000;
/** How long the clocks are ahead before they are set back. */
const CLOCK_AHEAD_MS = 10_000;
const RETRY_AFTER_SECONDS = 5;
/** Of the scalers' queries: who is up goes unanswered, and nobody's CPU is known. */
const IN_PART = [
  ["(up{job=", "unavailable"],
  ["fleet_worker_cpu_ratio", "empty"],
] as const;

/** Faults of the monitoring instance's containers. */
export function monitoringFaults(deps: MonitoringFaultsDeps): readonly Fault[] {
  const { runner } = deps;
  const container = async (service: string): Promise<string> => {
    const labels = [`com.docker.compose.project=${deps.project}`, `com.docker.compose.service=${service}`];
    const filters = labels.flatMap((label) => ["--filter", `label=${label}`]);
    const listed = await must(runner, docker("ps", "--quiet", ...filters));
    const [id] = listed.split("\n");
    if (!id) throw new FaultError(409, `no container of ${service} runs in this fleet`);
    return id;
  };
  const docked = (...args: readonly string[]) => must(runner, docker(...args));

  const onContainer = (
    name: FaultName,
    description: string,
    service: () => Promise<string>,
    begin: (id: string) => readonly string[],
    undo: (id: string) => readonly string[],
  ): Fault => ({
    name,
    description,
    worker: "none",
    target: service,
    begin: async (target) => {
      const id = await container(target);
      await docked(...begin(id));
      return async () => void (await docked(...undo(id)));
    },
  });
  const killed = (name: FaultName, description: string, service: () => Promise<string>) =>
    onContainer(
      name,
      description,
      service,
      (id) => ["kill", "--signal", "KILL", id],
      (id) => ["start", id],
    );

  return [
    killed("kill-wh", "kill -9 of the leading wh, started again at the end", deps.leadingService),
    onContainer(
      "stop-wh",
      "the leading wh stands still, and goes on at the end",
      deps.leadingService,
      (id) => ["pause", id],
      (id) => ["unpause", id],
    ),
    killed("kill-prometheus", "kill -9 of Prometheus, started again at the end", async () => "prometheus"),
    killed("kill-alertmanager", "kill -9 of Alertmanager, started again at the end", async () => "alertmanager"),
    {
      name: "duplicate-notifications",
      description: "Alertmanager sends every notification to wh twice",
      worker: "none",
      target: async () => "alertmanager",
      begin: async () => {
        const original = await readFile(deps.alertmanagerFile, "utf8");
        const apply = async (text: string) => {
          await writeFile(deps.alertmanagerFile, text);
          await docked("kill", "--signal", "HUP", await container("alertmanager"));
        };
        await apply(duplicateWebhooks(original, "wh"));
        // A dead Alertmanager reads the file when it starts.
        return () =>
          apply(original).catch((error) => (error instanceof FaultError ? undefined : Promise.reject(error)));
      },
    },
    {
      name: "wh-clock-jump",
      description: "the leading wh's clock jumps one hour ahead, and back at the end",
      worker: "none",
      target: deps.leadingService,
      begin: async (service) => {
        await deps.shiftClock(service, CLOCK_JUMP_MS);
        return () => deps.shiftClock(service, 0);
      },
    },
    {
      name: "clock-step",
      description: "the clocks of all wh are set on by 20 minutes, 10 s later back by 40, and right at the end",
      worker: "none",
      target: async () => "wh",
      begin: async () => {
        const all = async (ms: number) => {
          for (const service of deps.whServices) await deps.shiftClock(service, ms);
        };
        await all(CLOCK_STEP_MS);
        const over = new AbortController();
        const back = deps.clock.sleep(CLOCK_AHEAD_MS, over.signal).then(
          () => all(-CLOCK_STEP_MS),
          () => undefined,
        );
        return async () => {
          over.abort(new Error("undone"));
          await back;
          await all(0);
        };
      },
    },
    {
      name: "prometheus-answers-in-part",
      description: "Prometheus refuses to say who is up and knows nobody's CPU; every other query is answered",
      worker: "none",
      target: async () => "prometheus",
      begin: async () => {
        for (const [text, how] of IN_PART) deps.outside.gate.fail(text, how);
        return async () => {
          for (const [text] of IN_PART) deps.outside.gate.fail(text, undefined);
        };
      },
    },
    {
      name: "telegram-429",
      description: `Telegram takes no message and wants ${RETRY_AFTER_SECONDS} s of patience each time`,
      worker: "none",
      target: async () => "telegram",
      begin: async () => {
        deps.outside.telegram.limit(RETRY_AFTER_SECONDS);
        return async () => deps.outside.telegram.limit(undefined);
      },
    },
  ];
}
