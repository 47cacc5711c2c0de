import type { FleetConfig } from "@compose-fleet/fleet";
import { CliError, exitCodes } from "@compose-fleet/process";

/** What is asked about. `pattern` is one of the shell's, of record files without their ending; nothing of it needs quoting. */
export type Subject =
  | { readonly kind: "worker"; readonly worker: string }
  | {
      readonly kind: "container";
      readonly worker?: string;
      readonly service?: string;
      readonly replica?: string;
      readonly pattern: string;
    };

/** Reads `WORKER`, `SERVICE`, `SERVICE-NUMBER`, a container's id, or the last three after `WORKER/`. Throws `CliError` (exit code 2). */
export function readSubject({ services }: Pick<FleetConfig, "services">, text: string): Subject {
  const [, worker, rest = worker === undefined ? text : undefined] = /^(i-[0-9a-f]{1,17})(?:\/(.+))?$/.exec(text) ?? [];
  if (worker !== undefined && rest === undefined) return { kind: "worker", worker };
  const on = worker === undefined ? {} : { worker };
  const what = rest ?? text;
  const names = Object.keys(services);
  if (names.includes(what)) return { kind: "container", ...on, service: what, pattern: `${what}.*.*` };
  const [, service = "", replica = ""] = /^(.+)-(\d{1,6})$/.exec(what) ?? [];
  if (names.includes(service))
    return { kind: "container", ...on, service, replica, pattern: `${service}.${replica}.*` };
  if (/^[0-9a-f]{12,64}$/.test(what)) return { kind: "container", ...on, pattern: `*.${what.slice(0, 12)}` };
  throw new CliError(
    `Got ${JSON.stringify(text)}: write a worker's id, a service (${names.join(", ")}), a replica such as ${names[0] ?? "web"}-2 or i-0123456789abcdef0/${names[0] ?? "web"}-2, or a container's id.`,
    exitCodes.usage,
  );
}
