import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";

/** A container of the fake engine. */
export interface FakeContainer {
  readonly id: string;
  readonly service: string;
  /** What compose made it of. */
  readonly definition: string;
  readonly image: string;
  state: string;
  startedAtMs: number;
  readonly name: string;
  /** Made by `compose run`. */
  readonly isTrial: boolean;
}

/** An image in `docker image ls --digests`; `<none>` where it has no tag or no digest. */
export interface FakeImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/**
 * Docker and compose as far as the hooks of a release and the monitoring machine's scripts need them. It goes on when a script that asked is killed, as
 * the real one does. A service whose file says "crash" dies when it starts; configurations that say "broken" are refused.
 */
export interface FakeEngine {
  /** The program `docker`: a script for the scripts' PATH. */
  readonly client: string;
  containers: FakeContainer[];
  images: FakeImage[];
  /** Everything that was asked. */
  readonly asked: string[];
  /** Services that were told to read their files again, or restarted. */
  readonly told: string[];
  close(): void;
}

interface Question {
  readonly folder: string;
  readonly stateFolder: string;
  readonly args: readonly string[];
}

interface Answer {
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Starts the engine on a free port of the loopback. */
export async function startFakeEngine(nowMs: () => number): Promise<FakeEngine> {
  let made = 0;
  const engine: FakeEngine = {
    client: "",
    containers: [],
    images: [],
    asked: [],
    told: [],
    close: () => server.close(),
  };
  const make = (question: Question, service: string, state: string, name?: string): void => {
    made += 1;
    const crashes = state === "running" && read(question, `services/${service}.yml`).includes("crash");
    engine.containers.push({
      id: createHash("sha256").update(`${made}`).digest("hex"),
      service,
      definition: definitionOf(question, service),
      image: imageOf(question, service),
      state: crashes ? "exited" : state,
      startedAtMs: nowMs(),
      name: name ?? `${service}-${made}`,
      isTrial: name !== undefined,
    });
  };
  const remove = (these: readonly FakeContainer[]): void => {
    engine.containers = engine.containers.filter((one) => !these.includes(one));
  };
  const answer = (question: Question): Answer => {
    engine.asked.push(question.args.join(" "));
    const [verb = "", ...args] = question.args;
    const named = engine.containers.filter(({ id, name }) => args.includes(id) || args.includes(name));
    switch (verb) {
      case "info":
        return { stdout: "/var/lib/docker\n" };
      case "compose":
        return compose(engine, make, remove, { ...question, args: args[0] === "--progress" ? args.slice(2) : args });
      case "ps":
        return list(engine, args);
      case "inspect":
        return inspect(engine, args);
      case "run":
        return ["nginx/nginx.conf", "rendered/prometheus.yml"].some((file) => read(question, file).includes("broken"))
          ? { code: 1, stderr: "it says broken\n" }
          : {};
      case "exec": {
        const drains = existsSync(join(question.stateFolder, "flags/drain"));
        if (args.some((arg) => arg.endsWith("/nginx-health"))) return { stdout: drains ? "draining" : "ok" };
        return args.some((arg) => arg.includes("http_code")) ? { stdout: "200" } : {};
      }
      case "kill":
      case "restart":
        engine.told.push(...named.map(({ service }) => service));
        if (verb === "restart") for (const one of named) one.startedAtMs = nowMs();
        return {};
      case "stop":
        for (const one of named) one.state = "exited";
        return {};
      case "rm":
        remove(named);
        return {};
      case "rmi": {
        const isNamed = ({ repository, tag, digest }: FakeImage) =>
          `${repository}:${tag}` === args[0] || `${repository}@${digest}` === args[0];
        const isUsed = engine.containers.some(({ image }) => image === args[0]);
        if (isUsed || !engine.images.some(isNamed)) return { code: 1, stderr: "conflict\n" };
        engine.images = engine.images.filter((image) => !isNamed(image));
        return {};
      }
      case "image":
        if (args[0] !== "ls") return {};
        return {
          stdout: engine.images.map(({ repository, tag, digest }) => `${repository} ${tag} ${digest}\n`).join(""),
        };
      default:
        return {};
    }
  };
  const server = createServer((socket) => serve(socket, answer));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return Object.assign(engine, { client: clientOf(port) });
}

/** Talks to the engine without starting a program, as each costs more than the rest. `-p`: what tests do to scripts by BASH_ENV does not concern it. */
const clientOf = (port: number): string => `#!/bin/bash -p
exec 5<>/dev/tcp/127.0.0.1/${port} || exit 125
printf '%s\\0' "$PWD" "\${FLEET_STATE_DIR:-}" "$#" "$@" >&5
IFS= read -r -d '' code <&5 && IFS= read -r -d '' stdout <&5 && IFS= read -r -d '' stderr <&5
printf %s "$stdout"
printf %s "$stderr" >&2
exit "$code"
`;

function serve(socket: Socket, answer: (question: Question) => Answer): void {
  let text = "";
  // A script that was killed hears no answer.
  socket.on("error", () => undefined);
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    const [folder = "", stateFolder = "", count = "", ...args] = text.split("\0");
    if (count === "" || args.length <= Number(count)) return;
    text = "";
    const { code = 0, stdout = "", stderr = "" } = answer({ folder, stateFolder, args: args.slice(0, Number(count)) });
    socket.end(`${code}\0${stdout}\0${stderr}\0`);
  });
}

function read({ folder }: Pick<Question, "folder">, path: string): string {
  const file = join(folder, path);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function servicesOf(question: Question): string[] {
  if (!existsSync(join(question.folder, "nginx"))) return ["prometheus", "alertmanager", "wh", "wh-standby"];
  const table = read(question, "rendered/services.tsv").split("\n");
  return [...table.flatMap((line) => line.split("\t")[0] || []), "nginx", "mtail", "agent"];
}

function imageOf(question: Question, service: string): string {
  const variable = `${service.replaceAll("-", "_").toUpperCase()}_IMAGE`;
  return new RegExp(`^${variable}=(.*)$`, "m").exec(read(question, ".env"))?.[1] ?? `upstream/${service}:1`;
}

function definitionOf(question: Question, service: string): string {
  const hash = createHash("sha256").update(imageOf(question, service));
  const file = read(question, `services/${service}.yml`);
  if (file !== "") hash.update(file).update(read(question, "rendered/compose.services.yml"));
  hash.update(read({ folder: question.stateFolder }, `secrets/${service}.env`));
  return hash.digest("hex").slice(0, 12);
}

type Make = (question: Question, service: string, state: string, name?: string) => void;
type Remove = (these: readonly FakeContainer[]) => void;

function compose(engine: FakeEngine, make: Make, remove: Remove, question: Question): Answer {
  const [verb = "", ...args] = question.args;
  const words = args.filter((arg) => !arg.startsWith("-"));
  const of = (services: readonly string[]) =>
    engine.containers.filter(({ service, isTrial }) => !isTrial && services.includes(service));
  switch (verb) {
    case "config":
      if (!read(question, "compose.yml").includes("services:\n"))
        return { code: 15, stderr: "services must be a mapping\n" };
      if (args[0] === "-q") return {};
      if (args[0] === "--services") return lines(servicesOf(question));
      if (args[0] === "--images")
        return lines((words.length > 0 ? words : servicesOf(question)).map((one) => imageOf(question, one)));
      return lines([
        ...["name: fleet", "services:"],
        ...servicesOf(question).flatMap((one) => [`  ${one}:`, `    image: ${imageOf(question, one)}`]),
        ...["networks:", "  services:", "volumes:", "  logs:"],
      ]);
    case "up":
      return up(engine, make, remove, question);
    case "run":
      make(question, args.at(-1) ?? "", "running", args.at(-2));
      return {};
    case "stop":
      for (const one of of(servicesOf(question))) one.state = "exited";
      return {};
    case "down":
      engine.containers = [];
      return {};
    default:
      return {};
  }
}

function up(engine: FakeEngine, make: Make, remove: Remove, question: Question): Answer {
  const args = [...question.args.slice(1)];
  const scale = new Map<string, number>();
  const flags = new Set<string>();
  const named: string[] = [];
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (arg === "--scale") {
      const [service = "", count] = (args.shift() ?? "").split("=");
      scale.set(service, Number(count));
    } else if (arg === "--wait-timeout") args.shift();
    else if (arg.startsWith("-")) flags.add(arg);
    else named.push(arg);
  }
  for (const service of named.length > 0 ? named : servicesOf(question)) {
    const all = () => engine.containers.filter((one) => one.service === service && !one.isTrial);
    const isOld = (one: FakeContainer) =>
      one.definition !== definitionOf(question, service) || flags.has("--force-recreate");
    const wanted = scale.get(service) ?? Math.max(1, all().length);
    if (!flags.has("--no-recreate")) remove(all().filter(isOld));
    for (let have = all().length; have < wanted; have += 1)
      make(question, service, flags.has("--no-start") ? "created" : "running");
    // The newest leave.
    remove(all().slice(wanted));
    if (!flags.has("--no-start"))
      for (const one of all()) if (one.state !== "restarting") one.state = startedState(one);
  }
  return {};
}

const startedState = ({ state }: FakeContainer): string => (state === "created" ? "running" : state);

function list(engine: FakeEngine, args: readonly string[]): Answer {
  const values = (prefix: string) => args.flatMap((arg) => (arg.startsWith(prefix) ? arg.slice(prefix.length) : []));
  if (values("health=").length > 0) return {};
  const [service] = values("label=com.docker.compose.service=");
  const [name] = values("name=");
  const given = values("status=");
  const states = given.length > 0 || /^-\w*a/.test(args[0] ?? "") ? given : ["running"];
  const found = engine.containers.filter(
    (one) =>
      (name === undefined ? !one.isTrial : new RegExp(name).test(`/${one.name}`)) &&
      (service === undefined || one.service === service) &&
      (states.length === 0 || states.includes(one.state)),
  );
  return lines(found.map((one) => (args.includes("--format") ? `${one.id} ${one.service}` : one.id)));
}

function inspect(engine: FakeEngine, [, format = "", ...names]: readonly string[]): Answer {
  const found = names.flatMap((name) => engine.containers.find((one) => one.id === name || one.name === name) ?? []);
  const rules: readonly (readonly [RegExp, (one: FakeContainer) => string])[] = [
    [/^\{\{\.Id\}\}$/, ({ id }) => id],
    [/config-hash/, ({ id, definition, image, state }) => `${id} ${definition}/${image} ${state}`],
    [
      /ExitCode/,
      ({ id, name, state }) => `${id} ${name} ${state} 1 0 ${state === "running" ? "healthy" : "none"} 10.0.0.2`,
    ],
    [/StartedAt/, ({ startedAtMs }) => new Date(startedAtMs).toISOString()],
    [/range \.Network/, () => "10.0.0.2,"],
    [/compose\.project/, () => "fleet-worker"],
    [/RestartCount/, () => ""],
    [/State\.Status/, ({ state }) => `${state} ${state === "running" ? "healthy" : ""}`],
  ];
  const rule = rules.find(([pattern]) => pattern.test(format))?.[1] ?? (({ name }) => name);
  const isWhole = found.length === names.length;
  return { ...lines(found.map(rule)), ...(isWhole ? {} : { code: 1, stderr: "Error: No such object\n" }) };
}

function lines(all: readonly string[]): Answer {
  return { stdout: all.map((line) => `${line}\n`).join("") };
}
