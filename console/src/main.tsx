import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { emptyState, knownUntil, type PageState, withLook, withTime } from "./model/page-state.ts";
import { createActions } from "./net/actions.ts";
import { ask, openStream, pageClock } from "./net/browser.ts";
import { createConnection } from "./net/connection.ts";
import { App } from "./view/app.tsx";

const state = signal<PageState>(emptyState);
const pageMs = signal(pageClock.pageMs());
const build = document.querySelector<HTMLMetaElement>('meta[name="console-build"]')?.content ?? "";
const arrival = () => ({ pageMs: pageClock.pageMs(), wallMs: pageClock.wallMs() });

const connection = createConnection({
  ask,
  openStream,
  clock: pageClock,
  knownUntil: () => knownUntil(state.value),
  onLook: (look) => {
    state.value = withLook(state.value, look, arrival());
  },
  onTime: (serverMs) => {
    state.value = withTime(state.value, serverMs, arrival());
  },
  onLink: (link) => {
    if (link.kind !== state.value.link.kind || link.kind !== "live") state.value = { ...state.value, link };
  },
});

/** Countdowns and ages go on each second, while somebody looks. */
function tick() {
  if (document.hidden) return;
  pageMs.value = pageClock.pageMs();
  pageClock.after(1_000, tick);
}

function look() {
  if (document.hidden) return connection.stop();
  connection.start();
  tick();
}

document.addEventListener("visibilitychange", look);
effect(() => {
  const { look: last } = state.value;
  document.title = last ? `${last.status.fleet.name} – fleet console` : "Fleet console";
});
const root = document.getElementById("console");
if (root)
  render(
    <App
      state={state}
      pageMs={pageMs}
      build={build}
      actions={createActions(ask)}
      onSignedIn={() => connection.start()}
      onSignedOut={() => {
        // What was shown goes with the session.
        state.value = { ...emptyState, link: { kind: "signed-out" } };
        connection.start();
      }}
    />,
    root,
  );
look();
