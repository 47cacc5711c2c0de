export { createWhClient, type WhClient } from "./wh-client.ts";
