import { must, type Runner } from "@compose-fleet/process";
import { z } from "zod";

/** What a compose project consists of, as far as an override has to name it. */
export interface ComposeShape {
  readonly services: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

const configSchema = z.object({
  services: z.record(z.string(), z.unknown()),
  networks: z.record(z.string(), z.unknown()).default({}),
  volumes: z.record(z.string(), z.unknown()).default({}),
});

/** Asks compose what a folder's compose.yml amounts to. Throws `CommandError` with compose's words when it is faulty. */
export async function readComposeShape(
  runner: Runner,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<ComposeShape> {
  const output = await must(runner, {
    file: "docker",
    args: ["compose", "--file", "compose.yml", "config", "--format", "json"],
    cwd: folder,
    env,
    timeoutMs: 30_000,
  });
  const config = configSchema.parse(JSON.parse(output));
  return {
    services: Object.keys(config.services),
    networks: Object.keys(config.networks),
    volumes: Object.keys(config.volumes),
  };
}
