import { decideHealing } from "./decide-healing.mjs";

/** The engine is asked who runs every so often. */
const LIST_EVERY_MS = 2_000;
/** Orders that nobody repeats are no orders: heal.sh forgets them after 15 s. */
const REPEAT_MS = 5_000;
/** A replacement is told for so long, for whoever asks every few seconds. */
const TOLD_MS = 300_000;

const HELD = {
  "none-serves": "no replica answers, so it is no single one's fault: none is replaced",
  budget: "too many were replaced in ten minutes, so no more are for now: look at the service",
  "no-better": "a fresh replica beside it did no better, so the next one is tried later: look at the service",
  recovered: "it answers again before it is replaced, each time: it is too busy rather than dead",
};

/**
 * Decides which replicas of this worker are healed, and writes it down for heal.sh, which does it. `orders.write` keeps a text, whole; `orders.done`
 * gives what became of earlier ones. Never rejects.
 */
export function createHealer({ docker, project, table, isOut, leavingIds, users, watch, orders, nowMs, wallMs, say }) {
  let listed = { containers: [], atMs: Number.NEGATIVE_INFINITY };
  let written = { text: "", atMs: Number.NEGATIVE_INFINITY };
  let troubles = [];
  let told = "";
  /** What each patient has, in words that do not change while it has it. @type {Map<string, string>} */
  let whys = new Map();

  async function containersNow(now) {
    if (now - listed.atMs >= LIST_EVERY_MS) listed = { containers: await docker.containers(project), atMs: now };
    return listed.containers;
  }

  async function look() {
    const now = nowMs();
    const [containers, rows, leaving, answering, done, out] = await Promise.all([
      containersNow(now),
      table(),
      leavingIds(),
      users(),
      orders.done(),
      isOut(),
    ]);
    const replicas = containers.flatMap((container) => watched(project, container, rows, leaving));
    const states = watch.look(now, wallMs(), replicas, answering);
    const lines = [];
    const kept = new Map();
    troubles = done.filter((each) => wallMs() - each.atMs < TOLD_MS && each.result === "replaced").map(healedTrouble);
    for (const [service, patients] of out ? [] : states) {
      const past = done
        .filter((each) => each.service === service)
        .map((each) => ({ ...each, atMs: now - (wallMs() - each.atMs) }));
      const { refuse, replace, held } = decideHealing(now, patients, past);
      const serving = patients.filter(({ state }) => state === "serves").length;
      for (const patient of patients) {
        const { id } = patient;
        const [isRefused, isReplaced] = [refuse.includes(id), replace.includes(id)];
        if (!isRefused && !isReplaced) continue;
        const why = whys.get(id) ?? `${nameOf(containers, id)} ${whyOf(patient, now, serving)}`;
        kept.set(id, why);
        lines.push(`${id} ${service} ${isRefused ? "refuse" : "-"} ${isReplaced ? "replace" : "-"} ${why}`);
      }
      if (held !== undefined) troubles.push({ service, kind: "not-healed", text: HELD[held], value: 1 });
    }
    whys = kept;
    await order(now, lines, addressesOf(containers));
  }

  async function order(now, lines, nginx) {
    const text = lines.length === 0 ? "" : `nginx ${nginx.join(" ")}\n${lines.join("\n")}\n`;
    if (text === written.text && (text === "" || now - written.atMs < REPEAT_MS)) return;
    await orders.write(text);
    written = { text, atMs: now };
  }

  return {
    troubles: () => troubles,
    async look() {
      try {
        await look();
        told = "";
      } catch (error) {
        // Once, not twice a second.
        if (told !== String(error)) say(`replicas cannot be watched: ${error.message}`);
        told = String(error);
      }
    },
  };
}

/** Replicas of the fleet's services among the containers. Those that leave count for nothing. */
function watched(project, container, rows, leaving) {
  const { Id: id, Labels: labels, Status: status, Created: created, NetworkSettings: network } = container;
  const service = labels["com.docker.compose.service"];
  const row = rows.get(service);
  if (row === undefined || labels["com.docker.compose.oneoff"] === "True" || leaving.has(id)) return [];
  const address = network?.Networks?.[`${project}_services`]?.IPAddress ?? "";
  const health = /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(status)?.[1];
  return [{ id, service, address, ...row, health, createdAtMs: created * 1000 }];
}

function addressesOf(containers) {
  return containers
    .filter(({ Labels: labels }) => labels["com.docker.compose.service"] === "nginx")
    .flatMap(({ NetworkSettings: network }) => Object.values(network?.Networks ?? {}).map(({ IPAddress }) => IPAddress))
    .filter(Boolean);
}

function nameOf(containers, id) {
  const found = containers.find((container) => container.Id === id);
  return (found?.Names?.[0] ?? id).replace(/^\//, "");
}

function whyOf({ state, sinceMs }, now, serving) {
  if (state === "unhealthy") return "is unhealthy by its own check";
  const seconds = Math.round((now - sinceMs) / 1000);
  return `answered nothing for ${seconds} s${serving > 0 ? `, while ${serving} other${serving === 1 ? "" : "s"} did` : ""}`;
}

function healedTrouble({ service, text }) {
  return { service, kind: "healed", text: `${text}: it was replaced`, value: 1 };
}
