import { CliError } from "@compose-fleet/process";
import type { Check, Finding, Questions } from "./check.ts";

/** What became of a check. */
export interface Diagnosis {
  readonly check: string;
  /** unknown: it could not be looked at, which is no good sign either. */
  readonly result: "well" | "wrong" | "unknown";
  readonly findings: readonly Finding[];
  /** Why it is unknown. */
  readonly problem?: string;
}

/** Runs every check; one that cannot be answered stops no other. Throws what is no `CliError`. */
export function diagnose(checks: readonly Check[], ask: Questions): Promise<readonly Diagnosis[]> {
  return Promise.all(
    checks.map(async ({ name, find }): Promise<Diagnosis> => {
      try {
        const findings = await find(ask);
        return { check: name, result: findings.length === 0 ? "well" : "wrong", findings };
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        return { check: name, result: "unknown", findings: [], problem: error.message };
      }
    }),
  );
}

/** The diagnoses for people, a line a finding. */
export function doctorLines(diagnoses: readonly Diagnosis[]): string[] {
  return diagnoses.flatMap(({ check, result, findings, problem }) => {
    if (result === "unknown") return [`?      ${check}: ${problem?.split("\n")[0] ?? ""}`];
    if (result === "well") return [`ok     ${check}`];
    return findings.map(({ text, fix }) => `WRONG  ${check}: ${text}. ${fix}`);
  });
}
