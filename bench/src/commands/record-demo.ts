import { pathOption } from "@compose-fleet/cli/options";
import { createProgram } from "@compose-fleet/cli/program";
import { type CliContext, createTerminalProgress } from "@compose-fleet/cli/run";
import { checkWritable, writeFiles } from "@compose-fleet/files";
import { systemClock } from "@compose-fleet/process";
import { Command } from "commander";
import { animatedSvg } from "../recording/animated-svg.ts";
import { recordScreen } from "../recording/screen.ts";

const SIZE = { columns: 100, rows: 26 };
const PLAYBACK = { ...SIZE, speed: 6, fps: 4, restSeconds: 5 };

/** Room that has to be there at the start: more than a recording takes. */
const ROOM_BYTES = 2 ** 21;

const help = `
Runs \`fleet demo\` on a terminal without a window and writes what it showed as one picture, ${PLAYBACK.speed} times as fast, for the README.

Examples:
  npm run record:demo
  npm run record:demo -- --out /tmp/demo.svg

Exit codes: those of \`fleet demo\`. Nothing is written where it fails.`;

/** `npm run record:demo`: the README's recording, made of a real run. */
export function recordDemoCommand(context: CliContext): Command {
  return new Command("record-demo")
    .description("run the demo and write what it shows as an animated SVG")
    .addOption(pathOption("--out", "file", "the picture").default("docs/demo.svg"))
    .addHelpText("after", help)
    .action(({ out }: { out: string }) => recordDemo(context, out));
}

async function recordDemo(context: CliContext, out: string): Promise<void> {
  await checkWritable(out, ROOM_BYTES);
  const screen = recordScreen(SIZE, systemClock.nowMs);
  const write = (text: string): void => {
    screen.write(text);
    context.terminal.write(text);
  };
  const columns = (): number => SIZE.columns;
  const terminal = {
    ...context.terminal,
    isTty: true,
    columns,
    write,
    progress: createTerminalProgress({ write, nowMs: systemClock.nowMs, columns: SIZE.columns }),
  };
  write("$ npm run demo\n");
  const program = createProgram({ ...context, terminal, print: (line) => write(`${line}\n`) });
  await program.parseAsync(["demo"], { from: "user" });
  const svg = animatedSvg(await screen.frames(), PLAYBACK);
  await writeFiles([{ path: out, content: svg }]);
  context.terminal.progress.note(`${out}: ${Math.round(svg.length / 1024)} kB`);
}
