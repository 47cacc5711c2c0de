import { describe, expect, test } from "vitest";
import { parseConfig } from "./config.ts";

describe("parseConfig", () => {
  test("an empty environment gives a replica that sustains 71 requests a second", () => {
    const result = parseConfig({});
    if (!result.ok) throw new Error(result.faults.join());
    expect(result.config).toMatchObject({ port: 3000, payload: "Hello, World!", maxRequests: 512 });
    expect((1000 * result.config.concurrency) / result.config.workMs).toBeCloseTo(71.4, 1);
  });

  test("an empty variable counts as unset", () => {
    expect(parseConfig({ PORT: "", PAYLOAD: "" })).toEqual(parseConfig({}));
  });

  test.each([
    ["a word is not a port", { PORT: "http" }, "PORT"],
    ["a negative number is refused", { WORK_MS: "-1" }, "WORK_MS"],
    ["a fraction is refused", { CONCURRENCY: "1.5" }, "CONCURRENCY"],
    ["zero slots would never answer", { CONCURRENCY: "0" }, "CONCURRENCY"],
    ["hexadecimal is refused", { MAX_CONN: "0x10" }, "MAX_CONN"],
    ["an exponent is refused", { MAX_CONN: "1e3" }, "MAX_CONN"],
    ["spaces are refused", { PORT: " 3000" }, "PORT"],
    ["a port above 65535 is refused", { PORT: "65536" }, "PORT"],
    ["an unknown log level is refused", { LOG_LEVEL: "loud" }, "LOG_LEVEL"],
    ["a payload above 64 Ki characters is refused", { PAYLOAD: "x".repeat(65_537) }, "PAYLOAD"],
  ])("%s", (_rule, env, name) => {
    const result = parseConfig(env);
    expect(result.ok ? [] : result.faults).toEqual([expect.stringMatching(new RegExp(`^${name}: write .*got `))]);
  });

  test("all faults are reported at once", () => {
    const result = parseConfig({ PORT: "x", WORK_MS: "y", LOG_LEVEL: "z" });
    expect(result.ok ? 0 : result.faults.length).toBe(3);
  });
});
