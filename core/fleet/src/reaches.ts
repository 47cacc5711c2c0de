import { z } from "zod";

/** What workers reach anywhere in any case: packages, images, AWS, and whatever else is on the web. */
export const OPEN_PORTS: readonly number[] = [80, 443];

/** Openings of one fleet, at most. AWS has room for 60 rules of one direction in a security group. */
const REACHES_LIMIT = 40;

const EXAMPLES = 'for example "sg-0123456789abcdef0", "10.0.3.0/24" or "2001:db8::/64"';

/** Whom something is open to: a security group, or addresses of one family. */
export type ReachTarget =
  | { readonly kind: "group"; readonly id: string }
  | { readonly kind: "ipv4" | "ipv6"; readonly cidr: string };

/** Reads a target that `reachSchema` accepts. */
export function reachTarget(to: string): ReachTarget {
  if (to.startsWith("sg-")) return { kind: "group", id: to };
  return { kind: to.includes(":") ? "ipv6" : "ipv4", cidr: to };
}

const reachSchema = z.strictObject({
  port: z.int().min(1).max(65_535).describe("Port of the other side, such as 5432."),
  to: z
    .string()
    .superRefine((text, ctx) => {
      const problem = targetProblem(text);
      if (problem) ctx.addIssue({ code: "custom", message: problem });
    })
    .describe("Security group of the other side, or its addresses as IPv4 or IPv6 network."),
  protocol: z.enum(["tcp", "udp"], 'write "tcp" or "udp"').default("tcp"),
});

/** What workers may open connections to, beside the web: `workers.reaches`. */
export const reachesSchema = z
  .array(reachSchema)
  .max(REACHES_LIMIT)
  .default([])
  .superRefine((reaches, ctx) => {
    const seen = new Set<string>();
    for (const [index, { port, to, protocol }] of reaches.entries()) {
      if (protocol === "tcp" && OPEN_PORTS.includes(port))
        ctx.addIssue({
          code: "custom",
          path: [index, "port"],
          message: `workers reach port ${port} everywhere already: remove it`,
        });
      // One network can be written in several ways; AWS refuses the second.
      const key = `${protocol} ${port} ${bitsOf(to.split("/")[0] ?? "")?.concat("/", to.split("/")[1] ?? "") ?? to}`;
      if (seen.has(key))
        ctx.addIssue({ code: "custom", path: [index], message: `${protocol} ${port} to ${to} is listed twice` });
      seen.add(key);
    }
  });

export type Reach = z.output<typeof reachSchema>;

function targetProblem(text: string): string | undefined {
  if (/^sg-/.test(text))
    return /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/.test(text) ? undefined : `write a security group's id, ${EXAMPLES}`;
  const [address, prefix, ...more] = text.split("/");
  if (address === undefined || more.length > 0) return `write one network, ${EXAMPLES}`;
  const bits = bitsOf(address);
  if (bits === undefined) return `write a security group or a network by its addresses, ${EXAMPLES}`;
  const single = bits.length;
  if (prefix === undefined) return `write ${address}/${single} for this one address`;
  if (!/^(0|[1-9][0-9]{0,2})$/.test(prefix) || Number(prefix) > single) return `the prefix is /0 to /${single}`;
  return bits.slice(Number(prefix)).includes("1")
    ? `${text} has host bits set: write the network's first address`
    : undefined;
}

/** The bits of an address as text; undefined for anything else. */
function bitsOf(address: string): string | undefined {
  return address.includes(":") ? ipv6Bits(address) : ipv4Bits(address);
}

function ipv4Bits(address: string): string | undefined {
  const parts = address.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.map((part) => Number(part).toString(2).padStart(8, "0")).join("");
}

function ipv6Bits(address: string): string | undefined {
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, "0")).join("");
}
