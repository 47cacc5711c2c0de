// Plain JavaScript: bootstrap.sh asks it before there are any dependencies.
import { pathToFileURL } from "node:url";

/** When this was written: a clock that says less was never set. Epoch milliseconds. */
const WRITTEN_AT_MS = Date.UTC(2026, 0, 1);

/** What is wrong with a clock that says this (epoch milliseconds); undefined if nothing is. Nothing that is signed is believed then: npm, apt and Docker would fail with other words. */
export function clockFault(nowMs) {
  if (nowMs > WRITTEN_AT_MS) return undefined;
  const date = new Date(nowMs).toISOString().slice(0, 10);
  return `This machine's clock says ${date}: set it (timedatectl set-ntp true, or date -s), then try again.`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const fault = clockFault(Date.now());
  if (fault !== undefined) {
    process.stderr.write(`${fault}\n`);
    process.exitCode = 2;
  }
}
