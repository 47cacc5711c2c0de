import { Agent } from "node:https";
import type { Certificate } from "./certificate.ts";
import { type PassThrough, startPassThrough } from "./gaps/pass-through.ts";
import { createMotoGaps } from "./moto-gaps.ts";

/** An emulated account of AWS, seen through a door of its own. */
export interface EmulatedAccount {
  /** For programs: where it is, whom to trust, and credentials that it does not look at. */
  readonly env: Readonly<Record<string, string>>;
  /** For clients of the SDK. */
  readonly settings: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly requestHandler: { readonly httpsAgent: Agent };
  };
  /** What was asked through this door, and what the emulator failed on. */
  readonly aws: PassThrough;
}

/** Opens a door to the emulator at this endpoint, which speaks TLS and closes the emulator's gaps. */
export async function openAccount(
  endpoint: string,
  { region, certificate }: { readonly region: string; readonly certificate: Certificate },
): Promise<EmulatedAccount> {
  const aws = await startPassThrough(endpoint, createMotoGaps(), certificate);
  return {
    env: {
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_CA_BUNDLE: certificate.file,
      NODE_EXTRA_CA_CERTS: certificate.file,
      AWS_ACCESS_KEY_ID: "emulated",
      AWS_SECRET_ACCESS_KEY: "emulated",
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: "true",
      // What the emulator cannot answer would be asked for minutes.
      AWS_MAX_ATTEMPTS: "2",
    },
    settings: {
      region,
      endpoint: aws.endpoint,
      credentials: { accessKeyId: "emulated", secretAccessKey: "emulated" },
      requestHandler: { httpsAgent: new Agent({ ca: certificate.cert }) },
    },
    aws,
  };
}
