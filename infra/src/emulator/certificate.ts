import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../terraform/run-command.ts";

/** A certificate for 127.0.0.1 that signs itself, and its key, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** Path of the certificate: clients are told to trust it. */
  readonly file: string;
}

/** A program of the system's, not one of ours. */
const OPENSSL = "openssl";

/** Whether openssl is on this machine's PATH. */
export function hasOpenssl(path: string | undefined): boolean {
  return spawnSync(OPENSSL, ["version"], { env: { PATH: path } }).status === 0;
}

/** Makes one for a day, in this folder, with `openssl`. Rejects where that is missing or fails. */
export async function createCertificate(folder: string, path: string | undefined): Promise<Certificate> {
  const file = join(folder, "emulator.pem");
  const keyFile = join(folder, "emulator.key");
  const { exitCode, stderr } = await runCommand({
    file: OPENSSL,
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
      ...["-subj", "/CN=emulated AWS", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", keyFile, "-out", file],
    ],
    cwd: folder,
    env: { PATH: path },
  });
  if (exitCode !== 0) throw new Error(`openssl made no certificate: ${stderr.trim()}`);
  return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(file, "utf8"), file };
}
