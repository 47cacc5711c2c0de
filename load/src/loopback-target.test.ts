import { expect, test } from "vitest";
import { loopbackTarget, TargetError } from "./loopback-target.ts";

test.each([
  ["http://127.0.0.1:18080/api/hello", "http://127.0.0.1:18080/api/hello"],
  ["http://127.8.9.1/", "http://127.8.9.1/"],
  ["http://[::1]:80/x", "http://[::1]/x"],
  ["http://localhost:9/", "http://127.0.0.1:9/"],
  ["http://2130706433/", "http://127.0.0.1/"],
])("%s is this machine", (text, href) => {
  expect(loopbackTarget(text).href).toBe(href);
});

test.each([
  ["http://example.com/", "this machine only"],
  ["http://127.0.0.1.example.com/", "this machine only"],
  ["http://127.0.0.1@example.com/", "this machine only"],
  ["http://172.16.0.10/", "this machine only"],
  ["http://0.0.0.0/", "this machine only"],
  ["http://[::ffff:8.8.8.8]/", "this machine only"],
  ["https://127.0.0.1/", "http only"],
  ["127.0.0.1", "not an address"],
])("%s is refused", (text, why) => {
  expect(() => loopbackTarget(text)).toThrow(TargetError);
  expect(() => loopbackTarget(text)).toThrow(why);
});
