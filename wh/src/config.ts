import {
  type FleetConfig,
  type NotifierName,
  type NotifierVariable,
  notifierNames,
  notifierVariable,
  parseFleetText,
} from "@compose-fleet/fleet";
import { z } from "zod";

/** What the scaler runs with. Secrets are apart, so that this can be logged. */
export interface WhConfig {
  readonly fleet: FleetConfig;
  readonly port: number;
  readonly logLevel: string;
  readonly hold: boolean;
  /** What people call this scaler among several; its host's name when unset. */
  readonly name?: string;
  readonly region: string;
  readonly awsEndpoint?: string;
  readonly prometheusUrl: string;
  readonly prometheusUsername?: string;
  readonly telegramApiUrl?: string;
}

/** Never logged. */
export interface WhSecrets {
  readonly alertsToken: string;
  readonly apiToken: string;
  readonly prometheusPassword?: string;
  /** Of those notifiers whose secret was handed over. */
  readonly notifiers: { readonly [N in NotifierName]?: string };
  /** Reads the repository of `releases.pull`. */
  readonly repositoryToken?: string;
}

/** Every fault of the configuration at once, one sentence each. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`the scaler cannot start:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
    this.faults = faults;
  }
}

const TOKEN_MIN = 16;
const httpUrl = z.url({ protocol: /^https?$/, error: "write an http:// or https:// address" });
/** A file for the secret of each notifier, such as TELEGRAM_TOKEN_FILE. */
const notifierFiles = Object.fromEntries(
  notifierNames.map((name) => [notifierVariable(name), z.string().min(1).optional()]),
) as Record<NotifierVariable, z.ZodOptional<z.ZodString>>;
const envSchema = z.object({
  FLEET_FILE: z.string().min(1).default("/etc/fleet/fleet.yaml"),
  PROMETHEUS_URL: httpUrl.default("http://prometheus:9090"),
  PROMETHEUS_USERNAME: z.string().min(1).optional(),
  PROMETHEUS_PASSWORD_FILE: z.string().min(1).optional(),
  ALERTS_TOKEN_FILE: z.string({ error: "missing: name the file of the token that Alertmanager sends" }),
  API_TOKEN_FILE: z.string({ error: "missing: name the file of the token for /api" }),
  ...notifierFiles,
  TELEGRAM_API_URL: httpUrl.optional(),
  REPOSITORY_TOKEN_FILE: z.string().min(1).optional(),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, "write a port number")
    .transform(Number)
    .refine((port) => port <= 65_535, "write a port number up to 65535")
    .default(8090),
  WH_NAME: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "write 1-40 lower-case letters, digits and dashes")
    .optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  AWS_REGION: z.string().min(1).optional(),
  AWS_ENDPOINT_URL: httpUrl.optional(),
  HOLD: z.enum(["true", "false"], { error: "write true or false" }).default("false"),
});

/** Reads the environment and the files it names; throws `ConfigError`. An empty variable counts as unset, as compose sets it. */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): { readonly config: WhConfig; readonly secrets: WhSecrets } {
  const faults: string[] = [];
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = envSchema.safeParse(set);
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
  // Files are checked also when a variable is wrong: one start shows every fault.
  const known: Readonly<Record<string, unknown>> = parsed.success
    ? parsed.data
    : { ...set, FLEET_FILE: set.FLEET_FILE ?? "/etc/fleet/fleet.yaml" };
  const file = (name: keyof z.input<typeof envSchema>): string | undefined => {
    const path = known[name];
    if (typeof path !== "string") return undefined;
    try {
      return readFile(path);
    } catch (error) {
      faults.push(`${name}: ${path} cannot be read (${(error as { code?: string }).code ?? "unknown error"})`);
      return undefined;
    }
  };
  const secret = (name: keyof z.input<typeof envSchema>, minLength: number): string | undefined => {
    const text = file(name)?.trim();
    if (text !== undefined && (text.length < minLength || /\s/.test(text))) {
      faults.push(`${name}: the file holds no secret of at least ${minLength} characters without spaces`);
    }
    return text;
  };
  const fleetText = file("FLEET_FILE");
  const fleet = fleetText === undefined ? undefined : readFleet(fleetText, faults);
  const isPrivate = fleet?.releases.pull?.private === true;
  if (isPrivate && known.REPOSITORY_TOKEN_FILE === undefined)
    faults.push(
      "REPOSITORY_TOKEN_FILE: missing: releases.pull.private needs the file of the token that reads the repository",
    );
  const secrets = {
    alertsToken: secret("ALERTS_TOKEN_FILE", TOKEN_MIN),
    apiToken: secret("API_TOKEN_FILE", TOKEN_MIN),
    prometheusPassword: secret("PROMETHEUS_PASSWORD_FILE", 1),
    // The file is there also where it is not used, and empty.
    repositoryToken: isPrivate ? secret("REPOSITORY_TOKEN_FILE", TOKEN_MIN) : undefined,
  };
  const notifiers = Object.fromEntries(
    notifierNames.map((name) => [name, secret(notifierVariable(name), TOKEN_MIN)] as const),
  );
  const { alertsToken, apiToken, ...others } = secrets;
  if (faults.length > 0 || !parsed.success || !fleet || !alertsToken || !apiToken) throw new ConfigError(faults);

  const data = parsed.data;
  return {
    config: {
      fleet,
      port: data.PORT,
      logLevel: data.LOG_LEVEL,
      hold: data.HOLD === "true",
      region: data.AWS_REGION ?? fleet.region,
      prometheusUrl: data.PROMETHEUS_URL,
      ...defined({
        name: data.WH_NAME,
        awsEndpoint: data.AWS_ENDPOINT_URL,
        prometheusUsername: data.PROMETHEUS_USERNAME,
        telegramApiUrl: data.TELEGRAM_API_URL,
      }),
    },
    secrets: { alertsToken, apiToken, notifiers: defined(notifiers), ...defined(others) },
  };
}

function readFleet(text: string, faults: string[]): FleetConfig | undefined {
  const result = parseFleetText(text);
  if (result.ok) return result.config;
  faults.push(...result.faults.map(({ path, message }) => `FLEET_FILE: ${path === "" ? "" : `${path}: `}${message}`));
  return undefined;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
