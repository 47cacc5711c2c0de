import { connect } from "node:tls";
import { CliError, type Clock } from "@compose-fleet/process";
import { z } from "zod";
import type { FleetTarget } from "../target/fleet-target.ts";
import type { Questions, Sample } from "./check.ts";

const TIMEOUT_MS = 10_000;

const vectorSchema = z.object({
  status: z.literal("success"),
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});
const prometheusConfigSchema = z.object({ data: z.object({ yaml: z.string() }) });
const alertmanagerSchema = z.object({ config: z.object({ original: z.string() }) });

/** The questions of the checks, asked to a fleet; each answer that several want is fetched once. */
export function askFleet(target: FleetTarget, clock: Pick<Clock, "nowMs">): Questions {
  const once = <T>(ask: () => Promise<T>) => {
    let answer: Promise<T> | undefined;
    return () => {
      answer ??= ask();
      return answer;
    };
  };
  const machines = once(() => target.machines.list());
  const prometheus = once(async () => {
    const [url, password] = await Promise.all([target.address("prometheus"), target.secret("PROMETHEUS_PASSWORD")]);
    return { url, authorization: `Basic ${Buffer.from(`wh:${password}`).toString("base64")}` };
  });
  return {
    config: target.config,
    status: once(() => target.scaler.status()),
    metric: async (expression) => {
      const { url, authorization } = await prometheus();
      const answer = await getJson(
        `${url}/api/v1/query?query=${encodeURIComponent(expression)}`,
        "Prometheus",
        authorization,
      );
      const parsed = vectorSchema.safeParse(answer);
      if (!parsed.success) throw new CliError("Prometheus answered in a form that is not known.");
      return parsed.data.data.result.flatMap(({ metric: labels, value: [, text] }): Sample[] => {
        const value = Number(text);
        return Number.isFinite(value) ? [{ labels, value }] : [];
      });
    },
    alertmanager: async () => {
      const answer = await getJson(`${await target.address("alertmanager")}/api/v2/status`, "Alertmanager");
      const parsed = alertmanagerSchema.safeParse(answer);
      if (!parsed.success) throw new CliError("Alertmanager answered in a form that is not known.");
      return parsed.data.config.original;
    },
    prometheusConfig: async () => {
      const { url, authorization } = await prometheus();
      const answer = await getJson(`${url}/api/v1/status/config`, "Prometheus", authorization);
      const parsed = prometheusConfigSchema.safeParse(answer);
      if (!parsed.success) throw new CliError("Prometheus answered in a form that is not known.");
      return parsed.data.data.yaml;
    },
    machines: { ...target.machines, list: machines },
    certificateEndsMs: async () =>
      target.kind === "local" || target.config.tls === undefined
        ? undefined
        : certificateEnd(await target.address("site")),
    nowMs: clock.nowMs,
  };
}

async function getJson(url: string, who: string, authorization?: string): Promise<unknown> {
  let status: number;
  try {
    const response = await fetch(url, {
      ...(authorization === undefined ? {} : { headers: { authorization } }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return await response.json();
    status = response.status;
  } catch {
    throw new CliError(`${who} does not answer.`);
  }
  throw new CliError(
    `${who} answered ${status}${status === 401 ? ": it does not take PROMETHEUS_PASSWORD; start.sh on monitoring reads it anew" : ""}.`,
  );
}

function certificateEnd(site: string): Promise<number> {
  const { hostname } = new URL(site);
  return new Promise((resolve, reject) => {
    // What is wrong with it is what is looked for: it is not trusted for anything else.
    const socket = connect({
      host: hostname,
      port: 443,
      servername: hostname,
      rejectUnauthorized: false,
      timeout: TIMEOUT_MS,
    });
    const fail = () => {
      socket.destroy();
      reject(new CliError(`${hostname} does not answer by TLS.`));
    };
    socket.once("error", fail);
    socket.once("timeout", fail);
    socket.once("secureConnect", () => {
      const { valid_to } = socket.getPeerCertificate();
      socket.destroy();
      resolve(Date.parse(valid_to));
    });
  });
}
