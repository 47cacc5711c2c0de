// A thread does not inherit the loader that reads TypeScript on Node 20: it registers its own.
import { register } from "tsx/esm/api";

register();
await import("./serve.ts");
