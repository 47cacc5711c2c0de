export { checkMachine } from "./check-machine.ts";
export type { Actor } from "./consent.ts";
export { ensureDocker } from "./docker.ts";
export { ensurePrograms } from "./ensure-programs.ts";
export { createHost, type Host } from "./host.ts";
export { type ImageVariable, imageCatalog } from "./image-catalog.ts";
export { ensureImages } from "./images.ts";
export { createLineProgress, createTerminalProgress } from "./progress.ts";
export { SetupError } from "./setup-error.ts";
