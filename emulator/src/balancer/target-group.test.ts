import { describe, expect, test } from "vitest";
import { afterProbe, deregistered, newTarget, registered, routableAddresses, type Target } from "./target-group.ts";

const rules = { healthyThreshold: 2, unhealthyThreshold: 2, registrationLagMs: 0, deregistrationLagMs: 5_000 };

/** A target after probes; `+` passed, `-` failed. */
function probed(answers: string, id = "i-1", address = "172.16.0.1"): Target {
  const begin = registered(newTarget(id, address));
  return [...answers].reduce((target, answer) => afterProbe(target, answer === "+", rules), begin);
}

describe("health", () => {
  test.each([
    ["nobody asked yet", "", "initial"],
    ["one pass is not enough", "+", "initial"],
    ["the threshold of passes in a row", "++", "healthy"],
    ["passes that are interrupted do not add up", "+-+", "initial"],
    ["one failure changes nothing", "++-", "healthy"],
    ["the threshold of failures in a row", "++--", "unhealthy"],
    ["a new target that fails", "--", "unhealthy"],
    ["recovery takes the threshold again", "++--+", "unhealthy"],
    ["recovery", "++--++", "healthy"],
  ])("%s", (_rule, answers, state) => {
    expect(probed(answers).state).toBe(state);
  });

  test("a draining target stays draining, whatever it answers", () => {
    const draining = deregistered(probed("++"), 0);
    expect(afterProbe(draining, true, rules)).toBe(draining);
  });
});

test("whatever a target answers, it is initial while it is being registered, and the answers do not count afterwards", () => {
  const registering = newTarget("i-1", "172.16.0.1");
  for (const passed of [true, true, true]) expect(afterProbe(registering, passed, rules)).toBe(registering);
  expect(afterProbe(registered(registering), true, rules).state).toBe("initial");
});

describe("new connections go to", () => {
  const registering = newTarget("i-5", "172.16.0.5");
  const healthy = probed("++", "i-1", "172.16.0.1");
  const initial = probed("", "i-2", "172.16.0.2");
  const failing = probed("--", "i-3", "172.16.0.3");

  test.each<[string, Target[], number, string[]]>([
    ["healthy targets only", [healthy, initial, failing], 0, ["172.16.0.1"]],
    ["every registered one when none is healthy", [initial, failing], 0, ["172.16.0.2", "172.16.0.3"]],
    ["nobody when there is no target", [], 0, []],
    ["nobody that is being registered, also where nobody else is healthy", [registering, failing], 0, ["172.16.0.3"]],
    ["nobody that was taken back while it was being registered", [deregistered(registering, 0)], 1, []],
    [
      "a deregistered one within the lag",
      [healthy, deregistered(probed("++", "i-4", "172.16.0.4"), 0)],
      4_999,
      ["172.16.0.1", "172.16.0.4"],
    ],
    [
      "no deregistered one after the lag",
      [healthy, deregistered(probed("++", "i-4", "172.16.0.4"), 0)],
      5_000,
      ["172.16.0.1"],
    ],
    ["no deregistered one that was not healthy", [healthy, deregistered(failing, 0)], 1, ["172.16.0.1"]],
    ["the last one within its lag", [deregistered(healthy, 0)], 1, ["172.16.0.1"]],
    ["nobody once the last one's lag is over", [deregistered(healthy, 0)], 5_000, []],
  ])("%s", (_rule, targets, nowMs, addresses) => {
    expect(routableAddresses(targets, nowMs, rules)).toEqual(addresses);
  });

  test("deregistering twice does not begin the lag anew", () => {
    expect(deregistered(deregistered(healthy, 0), 4_000).draining?.sinceMs).toBe(0);
  });
});
