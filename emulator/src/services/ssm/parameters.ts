import type { Parameter, ParameterType } from "@aws-sdk/client-ssm";
import { AwsError } from "../../refusals/aws-error.ts";

interface StoredParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly value: string;
  readonly version: number;
  readonly modifiedAtMs: number;
}

export interface ParameterStore {
  /** Returns the new version. Throws `AwsError` for bad names and values, and for an existing name without `overwrite`. */
  readonly put: (input: { name: string; value: string; type: ParameterType | undefined; overwrite: boolean }) => number;
  readonly get: (name: string, decrypt: boolean) => Parameter | undefined;
  /** In order of name. */
  readonly byPath: (path: string, recursive: boolean, decrypt: boolean) => readonly Parameter[];
  /** False when there was none. */
  readonly remove: (name: string) => boolean;
}

const STANDARD_TIER_BYTES = 4096;

/** Parameter Store in memory, standard tier. */
export function createParameterStore(now: () => number): ParameterStore {
  const parameters = new Map<string, StoredParameter>();
  const describe = (stored: StoredParameter, decrypt: boolean): Parameter => ({
    Name: stored.name,
    Type: stored.type,
    // What an undecrypted value looks like does not matter, that it is not the secret does.
    Value:
      stored.type === "SecureString" && !decrypt
        ? Buffer.from(`encrypted:${stored.name}:${stored.version}`).toString("base64")
        : stored.value,
    Version: stored.version,
    LastModifiedDate: new Date(stored.modifiedAtMs),
    ARN: `arn:aws:ssm:local:000000000000:parameter/${stored.name.replace(/^\//, "")}`,
    DataType: "text",
  });
  return {
    put: ({ name, value, type, overwrite }) => {
      const existing = parameters.get(name);
      if (!/^\/?[a-zA-Z0-9_.-]+(\/[a-zA-Z0-9_.-]+)*$/.test(name) || /^\/?(aws|ssm)/i.test(name))
        throw new AwsError(
          "ValidationException",
          `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive) and consists of letters, numbers and the symbols .-_ between slashes; got ${name}`,
        );
      if (Buffer.byteLength(value) > STANDARD_TIER_BYTES)
        throw new AwsError(
          "ValidationException",
          `Standard tier parameters support a maximum parameter value of ${STANDARD_TIER_BYTES} characters.`,
        );
      if (existing && !overwrite)
        throw new AwsError(
          "ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        );
      const effective = type ?? existing?.type;
      if (!effective)
        throw new AwsError("ValidationException", "A parameter type is required when you create a parameter.");
      const version = (existing?.version ?? 0) + 1;
      parameters.set(name, { name, type: effective, value, version, modifiedAtMs: now() });
      return version;
    },
    get: (name, decrypt) => {
      const stored = parameters.get(name);
      return stored && describe(stored, decrypt);
    },
    byPath: (path, recursive, decrypt) => {
      const prefix = path.endsWith("/") ? path : `${path}/`;
      return [...parameters.values()]
        .filter((each) => each.name.startsWith(prefix) && (recursive || !each.name.slice(prefix.length).includes("/")))
        .sort((left, right) => (left.name < right.name ? -1 : 1))
        .map((each) => describe(each, decrypt));
    },
    remove: (name) => parameters.delete(name),
  };
}
