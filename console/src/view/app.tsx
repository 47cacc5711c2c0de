import type { Signal } from "@preact/signals";
import { noticesOf } from "../model/notices.ts";
import { type PageState, serverNow } from "../model/page-state.ts";
import type { Actions } from "../net/actions.ts";
import { LoadChart } from "./load-chart.tsx";
import { Overrides } from "./overrides.tsx";
import { SignIn } from "./sign-in.tsx";
import { Targets } from "./targets.tsx";
import { Timeline } from "./timeline.tsx";
import { TopLine } from "./top-line.tsx";
import { Workers } from "./workers.tsx";

export interface AppProps {
  readonly state: Signal<PageState>;
  /** The page's clock, which never jumps, once a second. */
  readonly pageMs: Signal<number>;
  readonly build: string;
  readonly actions: Actions;
  readonly onSignedIn: () => void;
  readonly onSignedOut: () => void;
}

const LINKS: Readonly<Record<PageState["link"]["kind"], string>> = {
  connecting: "connecting",
  live: "live",
  polling: "asks every 3 s",
  lost: "no answer",
  "signed-out": "signed out",
};

/** The whole page. */
export function App({ actions, build, onSignedIn, onSignedOut, pageMs, state }: AppProps) {
  const { decisions, link, look, trend } = state.value;
  const nowMs = serverNow(state.value, pageMs.value);
  const notices = noticesOf(state.value, pageMs.value, build);
  return (
    <>
      <header class="bar">
        <h1>
          {look ? look.status.fleet.name : "Fleet console"}
          {look && <small>{look.status.fleet.environment}</small>}
        </h1>
        <span class={`link link-${link.kind}`} role="status">
          {LINKS[link.kind]}
        </span>
        {look && link.kind !== "signed-out" && (
          <button type="button" class="quiet" onClick={() => void actions.signOut().then(onSignedOut)}>
            Sign out
          </button>
        )}
      </header>
      <main>
        <div aria-live="polite">
          {notices.map(({ key, text, weight }) => (
            <p key={key} class={`notice ${weight}`}>
              {text}
            </p>
          ))}
        </div>
        {link.kind === "signed-out" && (
          <SignIn problem={link.problem} signIn={actions.signIn} onSignedIn={onSignedIn} />
        )}
        {look && nowMs !== undefined && (
          <>
            <TopLine look={look} />
            <LoadChart trend={trend} decisions={decisions} services={Object.keys(look.status.services)} />
            <Workers look={look} nowMs={nowMs} />
            <Targets look={look} nowMs={nowMs} />
            <Overrides limits={look.status.limits} nowMs={nowMs} actions={actions} />
            <Timeline look={look} decisions={decisions} nowMs={nowMs} />
          </>
        )}
        {!look && link.kind === "connecting" && <p class="waits">Asking the scaler …</p>}
      </main>
    </>
  );
}
