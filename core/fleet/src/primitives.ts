import { z } from "zod";

/** A name that is safe in file names, DNS labels, nginx variables and shell words. */
export const nameSchema = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/,
    "write 1-32 lower-case letters, digits and inner dashes, starting with a letter",
  );

/** An environment variable's name. */
export const variableNameSchema = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]*$/, "write capital letters, digits and underscores, not starting with a digit");

/** Compose's memory notation; at least 16 MiB, since no service starts in less. */
export const memorySchema = z
  .string()
  .regex(/^[1-9][0-9]*[mg]$/, 'write a whole number and m or g, for example "192m"')
  .refine((text) => memoryBytes(text) >= 16 * 1024 ** 2, 'write at least "16m"');

/** Bytes of a memory text that `memorySchema` accepts. */
export function memoryBytes(text: string): number {
  return sizeBytes(text);
}

const SIZE_UNITS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Bytes of a whole number with k, m or g behind it. */
export function sizeBytes(text: string): number {
  return Number.parseInt(text, 10) * (SIZE_UNITS[text.slice(-1)] ?? Number.NaN);
}

/** A host name as a browser sends it, or all names below one: `*.example.com`. */
export const hostSchema = z.string().superRefine((text, ctx) => {
  const problem = hostProblem(text);
  if (problem) ctx.addIssue({ code: "custom", message: problem });
});

const HOST_EXAMPLES = 'for example "shop.example.com" or "*.example.com"';

function hostProblem(text: string): string | undefined {
  if (/[/:?#@]/.test(text)) return `write the name alone, without scheme, port or path, ${HOST_EXAMPLES}`;
  if (/[A-Z]/.test(text)) return "write it in lower case";
  if (/[^\x20-\x7e]/.test(text)) return 'write it as DNS has it, for example "xn--bcher-kva.example"';
  if (/^[0-9.]+$/.test(text)) return `write a name, no address, ${HOST_EXAMPLES}`;
  const labels = text.replace(/^\*\.(?=.*\.)/, "").split(".");
  const sound = labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  if (!sound || text.length > 253 || /^[0-9]+$/.test(labels.at(-1) ?? "")) return `write a host name, ${HOST_EXAMPLES}`;
  return undefined;
}

/** Seconds, more than zero, at most a day. */
export const secondsSchema = z.number().positive().max(86_400);

/** A share above 0 and up to 1. */
export const shareSchema = z.number().gt(0).max(1);

const MIN_PREFIX = 16;
const MAX_PREFIX = 24;

/** An IPv4 network in CIDR notation whose host bits are zero, of a size a VPC may have and subnets fit in. */
export const cidrSchema = z.string().superRefine((text, ctx) => {
  const problem = cidrProblem(text);
  if (problem) ctx.addIssue({ code: "custom", message: problem });
});

function cidrProblem(text: string): string | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return 'write an IPv4 network such as "172.16.0.0/16"';
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255)) return 'every part is 0-255, for example "172.16.0.0/16"';
  if (prefix < MIN_PREFIX || prefix > MAX_PREFIX)
    return `the prefix is /${MIN_PREFIX} to /${MAX_PREFIX}, got /${prefix}`;
  if (!(a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)))
    return "use a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16";
  const address = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const hostBits = address & (2 ** (32 - prefix) - 1);
  return hostBits === 0 ? undefined : `${text} has host bits set: write the network's first address`;
}
