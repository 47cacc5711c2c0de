export { startRecordedServer } from "./recorded-server.ts";
export { recordedLook } from "./recording.ts";
