import { signal } from "@preact/signals";
import { renderToString } from "preact-render-to-string";
import { describe, expect, test } from "vitest";
import { recordedLook } from "../../dev/recording.ts";
import { emptyState, type PageState, withLook } from "../model/page-state.ts";
import type { Actions } from "../net/actions.ts";
import { App } from "./app.tsx";

const nothing = async () => undefined;
const actions: Actions = { signIn: nothing, signOut: nothing, addOverride: nothing, endOverride: nothing };

function pageOf(state: PageState, pageMs = 1_000): string {
  return renderToString(
    <App
      state={signal(state)}
      pageMs={signal(pageMs)}
      build="b"
      actions={actions}
      onSignedIn={() => {}}
      onSignedOut={() => {}}
    />,
  );
}

const recording = { workers: 6, replicas: 8, decisions: 60, service: "web", startMs: 1_700_000_000_000 };
const looked = (change: Partial<typeof recording> = {}): PageState => {
  const look = recordedLook({ ...recording, ...change }, 0);
  return { ...withLook(emptyState, look, { pageMs: 0, wallMs: look.nowMs }), link: { kind: "live" } };
};

describe("the page", () => {
  test("shows workers, targets, overrides and what happened", () => {
    const page = pageOf(looked());
    expect(page.match(/data-worker=/g)).toHaveLength(6);
    expect(page.match(/<i class="cell/g)?.length).toBeGreaterThan(48);
    expect(page).toContain("may change in <b>3 min 59 s</b>");
    expect(page).toContain(
      "Everything is paused</strong> by eva (looking at the load balancer), ends in <b>9 min 59 s</b>",
    );
  });

  test.each(["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "javascript:alert(1)", "{{x}}", "\u202e"])(
    "a service called %s is text and nothing else",
    (service) => {
      const page = pageOf(looked({ service }));
      expect(page).not.toMatch(/<img|<script|href="javascript/);
    },
  );

  test("a thousand workers of ten replicas are drawn as far as they are in sight", () => {
    const page = pageOf(looked({ workers: 1_000, replicas: 10 }));
    expect(page).toContain('aria-rowcount="1001"');
    expect(page.match(/data-worker=/g)?.length).toBeLessThan(30);
  });

  test("before anybody has signed in there is a form and nothing of the fleet", () => {
    const page = pageOf({ ...emptyState, link: { kind: "signed-out", problem: "the session has ended" } });
    expect(page).toContain('type="password"');
    expect(page).toContain("the session has ended");
    expect(page).not.toContain("Workers");
  });

  test("while the scaler is away what was seen last stays, and says how old it is", () => {
    const page = pageOf({ ...looked(), link: { kind: "lost", problem: "nothing answers at this address" } }, 90_000);
    expect(page).toContain("has not answered for 1 min 30 s");
    expect(page.match(/data-worker=/g)).toHaveLength(6);
  });

  test("tells what it costs, what scaling saves, and the budget where a month of such hours is above it", () => {
    const state = looked();
    expect(pageOf(state)).toMatch(
      /Cost<\/dt><dd><strong>0\.246 USD<\/strong><small>an hour, 180 USD a month; scaling saves 39 %/,
    );
    const cost = state.look?.cost && { ...state.look.cost, budgetUsdPerMonth: 100 };
    const page = pageOf({ ...state, look: state.look && { ...state.look, cost: cost ?? null } });
    expect(page).toContain("180 USD a month (budget 100 USD); scaling");
    const unknown = pageOf({ ...state, look: state.look && { ...state.look, cost: null } });
    expect(unknown).toMatch(/data-figure="Cost"><dt>Cost<\/dt><dd><strong>–</);
  });

  test("what cannot be read is a dash", () => {
    const state = looked();
    const traffic = { requestsPerSecond: null, p99Seconds: null, failuresPerSecond: null };
    const page = pageOf({ ...state, look: state.look && { ...state.look, traffic } });
    expect(page).toMatch(/data-figure="p99"><dt>p99<\/dt><dd><strong>–</);
  });
});
