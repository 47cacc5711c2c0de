import { CliError, command, type Runner, tailOf } from "@compose-fleet/process";

/** What a container prints. */
export interface FloodPlan {
  readonly linesPerSecond: number;
  readonly seconds: number;
  /** Besides its number and time each line has bytes of every kind, line ends and NUL left out. */
  readonly isBinary: boolean;
}

/** Marks lines of ours among those of the fleet. */
const MARK = "flood";

/** JavaScript that prints them: `flood NUMBER EPOCH_MS …`, a portion each 10 ms. Standard output is a pipe: who does not keep up is waited for. */
function program({ linesPerSecond, seconds, isBinary }: FloodPlan): string {
  return `
const junk = Buffer.from(Array.from({ length: 60 }, (_, at) => ${isBinary ? "[1, 7, 8, 27, 127, 128, 155, 192, 250, 255][at % 10]" : "120"}));
const end = Buffer.from("\\n");
let number = 0;
const begun = Date.now();
const print = () => {
  const due = Math.min(${linesPerSecond * seconds}, Math.floor((Date.now() - begun) * ${linesPerSecond} / 1000));
  const parts = [];
  for (; number < due; number++) parts.push(Buffer.from(\`${MARK} \${number} \${Date.now()} \`), junk, end);
  const again = () => (number < ${linesPerSecond * seconds} ? setTimeout(print, 10) : undefined);
  if (parts.length > 0) process.stdout.write(Buffer.concat(parts), again); else again();
};
print();`;
}

/** Starts a container that belongs to a worker of a local fleet as far as its labels go. Resolves with its id. Throws `CliError`. */
export async function startFlood(
  runner: Runner,
  labels: readonly string[],
  image: string,
  plan: FloodPlan,
): Promise<string> {
  // As a worker's services are logged (stack-worker/compose.yml).
  const log = ["--log-driver", "json-file", "--log-opt", "max-size=10m", "--log-opt", "max-file=3"];
  const more = labels.flatMap((label) => ["--label", label]);
  const options = ["--detach", "--network", "none", "--entrypoint", "node", ...log, ...more];
  const result = await runner.run(command("docker", "run", ...options, image, "-e", program(plan)));
  if (result.exitCode !== 0) throw new CliError(`Docker starts no container: ${tailOf(result, 1)}`);
  return result.stdout.trim();
}

/** Number and time of a line that `fleet logs` showed of it; undefined for other lines. */
export function readFloodLine(line: string): { readonly number: number; readonly atMs: number } | undefined {
  const [, number, atMs] = new RegExp(` {2}${MARK} (\\d+) (\\d{13}) `).exec(line) ?? [];
  return number === undefined ? undefined : { number: Number(number), atMs: Number(atMs) };
}
