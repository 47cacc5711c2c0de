export * from "./deployment-facts.ts";
export * from "./deployment-sentences.ts";
export * from "./deployments.ts";
export * from "./judge-deployment.ts";
export * from "./judge-server-errors.ts";
export { outcomeOf } from "./outcome.ts";
export * from "./revision.ts";
