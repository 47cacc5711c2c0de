import { readFile } from "node:fs/promises";
import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import { CliError, messageOf } from "@compose-fleet/process";
import { request } from "undici";
import { z } from "zod";
import type { Expression } from "./expressions.ts";

const TIMEOUT_MS = 10_000;
const answerSchema = z.object({ data: z.object({ result: z.array(z.unknown()) }) });

/** Those of the expressions for which a local fleet's Prometheus has no series now. Throws `CliError` when it does not answer, or refuses one. */
export async function withoutData(
  { endpoints, secretFiles }: Pick<LocalFleetStatus, "endpoints" | "secretFiles">,
  expressions: readonly Expression[],
): Promise<readonly Expression[]> {
  const password = (await readFile(secretFiles.prometheusPassword, "utf8")).trim();
  const authorization = `Basic ${Buffer.from(`wh:${password}`).toString("base64")}`;
  const missing: Expression[] = [];
  for (const expression of expressions) {
    const url = `${endpoints.prometheus}/api/v1/query?query=${encodeURIComponent(expression.expr)}`;
    const limits = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS };
    const { body, statusCode } = await request(url, { headers: { authorization }, ...limits }).catch(
      (error: unknown) => {
        throw new CliError(`Prometheus does not answer (${messageOf(error)}).`);
      },
    );
    const text = await body.text();
    if (statusCode !== 200)
      throw new CliError(`Prometheus answered ${statusCode} to ${expression.where}: ${text.slice(0, 200)}`);
    if (answerSchema.parse(JSON.parse(text)).data.result.length === 0) missing.push(expression);
  }
  return missing;
}
