/**
 * undici's `request`, in a module of its own for who loads it when it is needed: undici makes every other command slower to start, and is CommonJS, so
 * that `import("undici")` has no names once the command is bundled.
 */
export { request } from "undici";
