export type { ComposeAnswer } from "./compose-answer.ts";
export type { Judgement, Remark } from "./judge.ts";
export { judgeLocalServices } from "./local-services.ts";
export { servicesOf } from "./read-yaml.ts";
export { refusal, reviewService } from "./review-service.ts";
export type { PathKind } from "./rule.ts";
export { serviceRules } from "./service-rules.ts";
