import { z } from "zod";
import type { Remark } from "./judge.ts";

const configSchema = z.looseObject({
  services: z
    .record(
      z.string(),
      z.looseObject({
        ports: z
          .array(z.looseObject({ host_ip: z.string().optional(), target: z.unknown(), published: z.unknown() }))
          .nullish(),
        network_mode: z.string().nullish(),
      }),
    )
    .nullish(),
});

const LOOPBACK = ["127.0.0.1", "::1"];

/**
 * What keeps compose files from running beside a local fleet. `output` is what `docker compose config` makes of them, as JSON; `taken` are names
 * that something on a worker answers to. Pure; throws where the output is not compose's.
 */
export function judgeLocalServices(output: string, taken: readonly string[]): Remark[] {
  const services = Object.entries(configSchema.parse(JSON.parse(output)).services ?? {});
  if (services.length === 0) return [{ path: "services", message: "there is none: write one, or remove the file" }];
  return services.flatMap(([name, { ports, network_mode: mode }]) => {
    const path = `services.${name}`;
    const open = (ports ?? []).filter(({ host_ip: address }) => !LOOPBACK.includes(address ?? ""));
    return [
      ...(taken.includes(name)
        ? [{ path, message: `${name} is a service of the fleet, or a part of every worker: choose another name` }]
        : []),
      ...open.map(({ target, published }) => ({
        path: `${path}.ports`,
        message: `${String(target)} would be open to everybody who reaches this machine: write "127.0.0.1:${String(published || target)}:${String(target)}", or nothing, as services reach it without`,
      })),
      ...(typeof mode === "string" && mode !== ""
        ? [{ path: `${path}.network_mode`, message: `${mode}: remove it, or services do not find it` }]
        : []),
    ];
  });
}
