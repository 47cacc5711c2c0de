import { readFileSync } from "node:fs";

/*
 * Preloaded into wh by a local fleet (node --import): shifts what Date says by the milliseconds in a file, which a fault changes.
 * The monotonic clock and timers stay as they are, as when somebody sets a machine's clock.
 */
const FILE = "/run/fleet-clock/shift-ms";
const READ_EVERY_MS = 200;

const RealDate = Date;
let shiftMs = 0;

function read() {
  try {
    const shift = Number(readFileSync(FILE, "utf8"));
    if (Number.isFinite(shift)) shiftMs = shift;
  } catch {
    // Between two versions of the file: what was read last still holds.
  }
}

read();
setInterval(read, READ_EVERY_MS).unref();

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + shiftMs);
    else super(...parts);
  }
  static now() {
    return RealDate.now() + shiftMs;
  }
};
