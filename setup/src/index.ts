export { checkMachine } from "./check-machine.ts";
export type { Actor } from "./consent.ts";
export { ensureDocker } from "./docker.ts";
export { ensurePrograms } from "./ensure-programs.ts";
export { explained } from "./hints.ts";
export { createHost, type Host } from "./host.ts";
export { type ImageVariable, imageCatalog } from "./image-catalog.ts";
export { ensureImages } from "./images.ts";
export { SetupError } from "./setup-error.ts";
