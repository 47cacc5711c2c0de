import { join } from "node:path";
import { parseArgs } from "node:util";
import { startRecordedServer } from "./recorded-server.ts";
import { recordedLook } from "./recording.ts";

// npm run dev -w console -- [--port 8099] [--workers 6] [--replicas 8] [--decisions 60] [--service NAME]
const text = (value: string) => ({ type: "string", default: value }) as const;
const { values } = parseArgs({
  options: {
    port: text("8099"),
    workers: text("6"),
    replicas: text("8"),
    decisions: text("60"),
    service: text("service-a"),
  },
});
const recording = {
  workers: Number(values.workers),
  replicas: Number(values.replicas),
  decisions: Number(values.decisions),
  service: values.service,
  startMs: Date.now(),
};
const server = await startRecordedServer({
  folder: join(import.meta.dirname, "..", "dist"),
  port: Number(values.port),
  latest: () => recordedLook(recording, 0),
});
process.stdout.write(`${server.url}\n`);
let step = 0;
setInterval(() => server.send(recordedLook(recording, ++step)), 5_000);
