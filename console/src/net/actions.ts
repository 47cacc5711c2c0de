import { CONSOLE_HEADER, type OverrideRequest, paths } from "@compose-fleet/wh-api";
import type { Ask, Asked } from "./ports.ts";
import { readProblem } from "./read-look.ts";

/** What somebody does on the page. Each resolves to a sentence when it did not work, and to undefined when it did. */
export interface Actions {
  signIn(token: string): Promise<string | undefined>;
  signOut(): Promise<string | undefined>;
  addOverride(override: OverrideRequest): Promise<string | undefined>;
  endOverride(id: string): Promise<string | undefined>;
}

/** Asks the scaler that served the page. */
export function createActions(ask: Ask): Actions {
  const does = async (
    method: Asked["method"],
    path: string,
    body: object | undefined,
    good: readonly number[],
  ): Promise<string | undefined> => {
    const headers = { [CONSOLE_HEADER]: "1", ...(body && { "content-type": "application/json" }) };
    try {
      const asked = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const answer = await ask(`${paths.api}${path}`, asked);
      return good.includes(answer.status) ? undefined : readProblem(answer.status, await answer.text());
    } catch {
      return "The scaler does not answer at this address.";
    }
  };
  return {
    signIn: (token) => does("POST", paths.session, { token: token.trim() }, [201]),
    signOut: () => does("DELETE", paths.session, undefined, [204]),
    addOverride: (override) => does("POST", paths.overrides, override, [201]),
    // One that has ended already is as it was meant to be.
    endOverride: (id) =>
      does("DELETE", `${paths.overrides}/${encodeURIComponent(id)}?by=console`, undefined, [204, 404]),
  };
}
