import { pino } from "pino";
import { parseConfig } from "./config.ts";
import { DRAIN_TIMES } from "./drain.ts";
import { createService } from "./service.ts";

// biome-ignore lint/style/noProcessEnv: composition root
const parsed = parseConfig(process.env);
if (parsed.ok) {
  const log = pino({ level: parsed.config.logLevel, base: null });
  const service = createService(parsed.config, Math.random);
  const leave = (signal: NodeJS.Signals): void => {
    log.info({ signal }, "draining");
    void service.stop(DRAIN_TIMES).then((outcome) => log.info(outcome, "stopped"));
  };
  try {
    const port = await service.start();
    // A handler is needed: as process 1 of a container, Node without one ignores SIGTERM until it is killed.
    process.on("SIGTERM", leave);
    process.on("SIGINT", leave);
    log.info({ port, readyMs: Math.round(performance.now()) }, "listening");
  } catch (error) {
    log.fatal({ err: error }, `cannot listen on port ${parsed.config.port}`);
    process.exitCode = 1;
  }
} else {
  const log = pino({ base: null });
  for (const fault of parsed.faults) log.fatal(fault);
  process.exitCode = 2;
}
