import { command } from "@compose-fleet/process";
import type { CliContext } from "./context.ts";

type Desktop = Pick<CliContext, "print"> & {
  readonly machine: {
    readonly host: { readonly platform: string };
    readonly runner: Pick<CliContext["machine"]["runner"], "run">;
  };
  readonly terminal: { readonly progress: Pick<CliContext["terminal"]["progress"], "note"> };
};

/** Opens an address in this machine's browser. Where there is none, says so: the address is printed in any case. */
export async function openInBrowser({ machine, print, terminal }: Desktop, address: string): Promise<void> {
  print(address);
  const opener = machine.host.platform === "darwin" ? "open" : "xdg-open";
  const result = await machine.runner.run({ ...command(opener, address), timeoutMs: 10_000 });
  if (result.exitCode !== 0)
    terminal.progress.note(`No browser could be opened here (${opener}): open the address yourself.`);
}
