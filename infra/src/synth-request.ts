import type { BootstrapState } from "./stacks/bootstrap-stack.ts";

/** What `npm run infra:synth` was asked for. */
export interface SynthRequest {
  readonly fleetFile: string;
  /** Unset: that of the fleet file. */
  readonly account: string | undefined;
  readonly bootstrapState: BootstrapState;
}

/** Reads the request from variables. A sentence where one of them means nothing. */
export function readSynthRequest(env: Readonly<Record<string, string | undefined>>): SynthRequest | string {
  const fleetFile = env.FLEET_FILE ?? "fleet.yaml";
  const account = env.FLEET_ACCOUNT || undefined;
  const bootstrapState = env.BOOTSTRAP_STATE || "bucket";
  if (account !== undefined && !/^\d{12}$/.test(account))
    return `FLEET_ACCOUNT is ${JSON.stringify(account)}: write an AWS account, 12 digits, or leave it out.`;
  if (bootstrapState !== "bucket" && bootstrapState !== "local")
    return `BOOTSTRAP_STATE is ${JSON.stringify(bootstrapState)}: write local or bucket, or leave it out.`;
  return { fleetFile, account, bootstrapState };
}
