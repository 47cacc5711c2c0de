import { expect, test } from "vitest";
import { parse } from "yaml";
import { withCapacity } from "./write-capacity.ts";

test.each([
  [
    "a figure that is there is replaced, and nothing else moves",
    "name: shop # ours\nservices:\n    # the front\n    web: {path: /,  port: 80, memory: 64m, capacity: { requestsPerSecond: 40 } } # measured in May\n",
    "name: shop # ours\nservices:\n    # the front\n    web: {path: /,  port: 80, memory: 64m, capacity: { requestsPerSecond: 71 } } # measured in May\n",
  ],
  [
    "one of a block, too",
    "services:\n  web:\n    path: /\n    capacity:\n      requestsPerSecond: 40.5 # a guess\n    port: 80\n",
    "services:\n  web:\n    path: /\n    capacity:\n      requestsPerSecond: 71 # a guess\n    port: 80\n",
  ],
  [
    "where there is none it becomes the first key of a block",
    "services:\n  # the front\n  web: # here\n    path: / # all\n    port: 80\n  api:\n    path: /api/\n",
    "services:\n  # the front\n  web: # here\n    capacity: { requestsPerSecond: 71 }\n    path: / # all\n    port: 80\n  api:\n    path: /api/\n",
  ],
  [
    "and of braces",
    "services:\n  web: { path: /, port: 80 }\n",
    "services:\n  web: { capacity: { requestsPerSecond: 71 }, path: /, port: 80 }\n",
  ],
  ["line ends stay as they are", "services:\r\n  web:\r\n    path: /\r\n", undefined],
])("%s", (_name, before, after) => {
  const changed = withCapacity(before, "web", 71);
  if (after !== undefined) expect(changed).toBe(after);
  expect(parse(changed).services.web.capacity).toEqual({ requestsPerSecond: 71 });
});

test.each([
  ["no such service", "services:\n  api: { path: / }\n"],
  ["a figure that others share", "x: &c { requestsPerSecond: 4 }\nservices:\n  web: { path: /, capacity: *c }\n"],
  [
    "a whole entry that others share",
    "services:\n  api: &s { path: /, capacity: { requestsPerSecond: 4 } }\n  web: *s\n",
  ],
  [
    "an anchor in which the figure is the other's too",
    "services:\n  web: &s { path: /, capacity: { requestsPerSecond: 4 } }\n  api: *s\n",
  ],
])("%s is left to its owner, who is told the line", (_name, text) => {
  expect(() => withCapacity(text, "web", 71)).toThrow("capacity: { requestsPerSecond: 71 }");
});
