import { mkdir, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readImages } from "../test/images.ts";
import { exchange, proxyHeader } from "./test/proxy-protocol.ts";
import { must } from "./test/run.ts";
import { createWorker, type WorkerUnderTest } from "./test/worker-under-test.ts";

// What a service may ask of nginx in fleet.yaml, and what it need not ask for.

const common = { port: 8000, memory: "64m", capacity: { requestsPerSecond: 50 } };
const services = {
  web: { ...common, path: "/web/" },
  strip: { ...common, path: "/strip.me/", stripPath: true },
  large: { ...common, path: "/large/", maxBody: "20m", timeout: 1 },
  gone: { ...common, path: "/gone/" },
  shop: { ...common, path: "/", hosts: ["shop.example", "*.shop.example"] },
  docs: { ...common, path: "/docs/", hosts: ["docs.example"] },
  // As long as a name may be.
  admin: { ...common, path: "/", hosts: [`${`${"a".repeat(60)}.`.repeat(4)}example`] },
  sticky: { ...common, path: "/sticky/", sticky: "client" },
  staff: { ...common, path: "/staff/", basicAuth: ["STAFF_LOGIN"] },
  limited: { ...common, path: "/limited/", rateLimit: { requestsPerSecond: 1, burst: 2 } },
};
const STICKY_REPLICAS = 3;

function definition(name: string): string {
  return `services:
  ${name}:
    image: \${NODE_IMAGE:-node:24-bookworm-slim}
    command: ["node", "/app/web.mjs"]
    user: "1000:1000"
    volumes: ["../test/fixtures:/app:ro"]
`;
}

let worker: WorkerUnderTest;
let origin: string;

beforeAll(async () => {
  worker = await createWorker({ name: "http", fleet: { name: "demo", services }, env: readImages(), parameters: {} });
  for (const name of Object.keys(services))
    await writeFile(join(worker.folder, `services/${name}.yml`), definition(name));
  await mkdir(join(worker.stateFolder, "logins"), { recursive: true });
  const hash = await must("openssl", ["passwd", "-5", "-salt", "rounds=1000$salt", "open sesame"]);
  await writeFile(join(worker.stateFolder, "logins/staff"), `ali:${hash.trim()}\n`);
  await writeFile(join(worker.folder, "public/app-0a1b2c3d.js"), "1;\n".repeat(1000));
  await writeFile(join(worker.folder, "public/my-component.js"), "1;\n");
  const started = Object.keys(services).filter((name) => name !== "gone");
  // nginx first: it starts although no name can be resolved.
  await worker.compose("up", "-d", "--no-deps", "nginx");
  await worker.compose("up", "-d", "--no-deps", "--scale", `sticky=${STICKY_REPLICAS}`, ...started);
  origin = await worker.url(80);
  for (const name of started)
    await vi.waitFor(async () => expect(await status(`/probe/${name}`, 8081)).toBe("200"), {
      timeout: 60_000,
      interval: 300,
    });
}, 180_000);

afterAll(async () => {
  await worker?.remove();
});

/** Status of a GET inside nginx's container. */
function status(path: string, port: number): Promise<string> {
  return worker.exec("nginx", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", `http://127.0.0.1:${port}${path}`);
}

interface Echo {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly bytes: number;
  readonly replica: string;
}

function request(path: string, headers: readonly string[] = []): string {
  const host = headers.some((line) => line.startsWith("Host:")) ? [] : ["Host: fleet.example"];
  return `${[`GET ${path} HTTP/1.1`, ...host, "Connection: close", ...headers].join("\r\n")}\r\n\r\n`;
}

async function raw(path: string, headers: readonly string[] = []): Promise<string> {
  return exchange(origin, [request(path, headers)]);
}

async function echo(path: string, headers: readonly string[] = []): Promise<Echo> {
  const answer = await raw(path, headers);
  const [found] = /\{.*\}/s.exec(answer) ?? [];
  if (found === undefined) throw new Error(answer);
  return JSON.parse(found);
}

/** What comes within two seconds, of what a service sends in two parts with four between them. */
function early(path: string, headers: readonly string[] = []): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(request(path, headers)));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", reject);
    setTimeout(() => {
      socket.destroy();
      resolve(text);
    }, 2000);
  });
}

/** A WebSocket that is open, as far as nginx cares, and what came over it. */
async function openSocket(protocol: string): Promise<{ readonly socket: Socket; readonly text: () => string }> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString();
  });
  socket.write(
    `GET /web/socket HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Key: a\r\n\r\n`,
  );
  await vi.waitFor(() => expect(text).toContain("101 Switching Protocols"), { timeout: 10_000 });
  return { socket, text: () => text };
}

describe("a WebSocket", () => {
  test.each(["websocket", "WebSocket"])("is opened by Upgrade: %s, and carries bytes both ways", async (protocol) => {
    const { socket, text } = await openSocket(protocol);
    socket.write("ping over the socket");
    await vi.waitFor(() => expect(text()).toContain("ping over the socket"), { timeout: 10_000 });
    socket.destroy();
  });
  test("that says nothing is open all the same: who stops the worker waits for it, until the deadline", async () => {
    const waits = (seconds: number) =>
      worker.exec("nginx", "sh", "/etc/fleet/nginx/wait-quiet.sh", String(seconds), "1");
    const { socket } = await openSocket("websocket");
    await expect(waits(4)).rejects.toThrow(/open after 4 s/);
    socket.destroy();
    await waits(20);
  });
  test.each(["h2c", "TLS/1.0", "nonsense"])("no other protocol is asked for: %s", async (protocol) => {
    const { headers } = await echo("/web/x", [`Upgrade: ${protocol}`]);
    expect(headers.upgrade).toBeUndefined();
  });
  test("an ordinary request says nothing of its connection, so that it is kept", async () => {
    const { headers } = await echo("/web/x");
    expect([headers.upgrade, headers.connection]).toEqual([undefined, undefined]);
  });
});

describe("a service with logins", () => {
  const login = (text: string) => `Authorization: Basic ${Buffer.from(text).toString("base64")}`;
  test.each([
    ["no login", []],
    ["a wrong password", [login("ali:open barley")]],
    ["another user", [login("baba:open sesame")]],
    ["another way to log in", ["Authorization: Bearer open sesame"]],
  ])("%s: 401, and no load of the service", async (_rule, headers) => {
    const answer = await raw("/staff/x", headers);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toMatch(/^WWW-Authenticate: Basic realm="staff"/im);
    const log = await worker.exec("nginx", "tail", "-n", "1", "/logs/access.log");
    expect(log).toMatch(/^none 401 /);
  });
  test("the right one gets in, and ends at nginx", async () => {
    const { url, headers } = await echo("/staff/x", [login("ali:open sesame")]);
    expect([url, headers.authorization]).toEqual(["/staff/x", undefined]);
  });
  test("where the file of logins is missing nobody gets in", async () => {
    await rm(join(worker.stateFolder, "logins/staff"));
    expect(await raw("/staff/x", [login("ali:open sesame")])).toMatch(/^HTTP\/1\.1 403 /);
  });
  test("of others nginx takes no login: they get what the client sends", async () => {
    const { headers } = await echo("/web/x", [login("ali:open sesame")]);
    expect(headers.authorization).toBe(login("ali:open sesame").slice("Authorization: ".length));
  });
});

describe("a service in maintenance", () => {
  const flag = () => join(worker.stateFolder, "flags/maintenance-staff");
  const page = () => join(worker.folder, "public/maintenance.html");
  afterAll(() => rm(flag(), { force: true }));
  test("is 503 for its users, with when to come back, before it asks for a login; and no load", async () => {
    await mkdir(join(worker.stateFolder, "flags"), { recursive: true });
    await writeFile(flag(), "");
    const answer = await raw("/staff/x");
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/^Retry-After: 60\r$/im);
    expect(answer).toContain("Maintenance");
    expect(await worker.exec("nginx", "tail", "-n", "1", "/logs/access.log")).toMatch(/^none 503 /);
    expect((await echo("/web/x")).url).toBe("/web/x");
    expect(await status("/probe/staff", 8081)).toBe("200");
  });
  test("shows a page of one's own, also to a POST", async () => {
    await writeFile(page(), "<h1>Back at noon</h1>");
    for (const method of ["GET", "POST"]) {
      const answer = await exchange(origin, [request("/staff/x", ["Content-Length: 0"]).replace("GET", method)]);
      expect(answer).toMatch(/^HTTP\/1\.1 503 /);
      expect(answer).toContain("Back at noon");
    }
    await rm(page());
  });
  test("serves at once when it is over", async () => {
    await rm(flag());
    expect(await raw("/staff/x")).toMatch(/^HTTP\/1\.1 401 /);
  });
});

test("how long a WebSocket was open is no latency", async () => {
  const lines = ['web 200 0.010 1 - - - "GET /" 1', 'web 101 3600.000 1 - - - "GET /" 1'];
  await writeFile(join(worker.root, "access.log"), lines.map((line) => `${line}\n`).join(""));
  const mounts = ["-v", `${worker.folder}/mtail:/etc/mtail:ro`, "-v", `${worker.root}/access.log:/logs/access.log:ro`];
  const options = [
    "-logtostderr",
    "-progs=/etc/mtail",
    "-logs=/logs/access.log",
    "-one_shot",
    "-one_shot_format=prometheus",
  ];
  const image = readImages().MTAIL_IMAGE ?? "compose-fleet/mtail:3.2.24";
  const metrics = await must("docker", ["run", "--rm", "--network", "none", ...mounts, image, ...options]);
  expect(metrics).toMatch(/requests_total\{.*status="101"\} 1/);
  expect(metrics).toMatch(/duration_seconds_sum\{.*\} 0\.01\n/);
});

describe("what a service sends leaves at once", () => {
  test.each<[string, string, readonly string[]]>([
    ["events", "/web/events", []],
    ["events for a client that takes gzip", "/web/events", ["Accept-Encoding: gzip"]],
    ["a stream of text", "/web/stream", []],
    ["events of a service without its prefix", "/strip.me/events", ["Accept-Encoding: gzip"]],
  ])("%s", async (_what, path, headers) => {
    expect(await early(path, headers)).toMatch(/\n(data: )?1\n/);
  });
  test("a stream of text for a client that takes gzip, where the service asks for it", async () => {
    const answer = await early("/web/stream-as-it-comes", ["Accept-Encoding: gzip"]);
    expect(answer).toContain("Content-Encoding: gzip");
    expect(answer.split("\r\n\r\n").slice(1).join("").length).toBeGreaterThan(10);
  });
});

describe("stripPath", () => {
  test.each([
    ["/strip.me/", "/"],
    ["/strip.me/a/b?c=d&e=/strip.me/", "/a/b?c=d&e=/strip.me/"],
    ["/strip.me/@scope%2fname", "/@scope%2fname"],
    ["/strip.me/a%20b%3Fc//d", "/a%20b%3Fc//d"],
    ["/strip.me/strip.me/", "/strip.me/"],
    ["/x/../strip.me/a", "/a"],
    ["/%73trip.me/a%20b?c", "/a%20b?c"],
    ["/web/x", "/web/x"],
  ])("the service gets %s as %s", async (path, url) => {
    expect((await echo(path)).url).toBe(url);
  });
  test("the service learns its prefix, from nginx alone", async () => {
    const spoofed = ["X-Forwarded-Prefix: /evil"];
    expect((await echo("/strip.me/x", spoofed)).headers["x-forwarded-prefix"]).toBe("/strip.me");
    expect((await echo("/web/x", spoofed)).headers["x-forwarded-prefix"]).toBeUndefined();
  });
  test("its redirects and cookies stay below the prefix", async () => {
    const answer = await raw("/strip.me/login");
    expect(answer).toContain("Location: /strip.me/enter?next=/\r\n");
    expect(answer).toContain("Set-Cookie: a=1; Path=/strip.me/\r\n");
    expect(answer).toContain("Set-Cookie: b=2; Path=/strip.me/deep; HttpOnly\r\n");
    expect(await raw("/web/login")).toContain("Location: /enter?next=/\r\n");
  });
  test("a path that only looks like the prefix is another", async () => {
    expect(await raw("/stripxme/a")).toContain(" 404 ");
  });
});

describe("bodies and time", () => {
  const post = (path: string, bytes: number) =>
    fetch(`${origin}${path}`, { method: "POST", body: new Uint8Array(bytes) });
  test.each([
    ["/web/x", 1_048_576],
    ["/large/x", 20 * 1_048_576],
  ])("%s takes %i bytes, and not one more", async (path, bytes) => {
    expect(((await (await post(path, bytes)).json()) as Echo).bytes).toBe(bytes);
    expect((await post(path, bytes + 1)).status).toBe(413);
  });
  test("a service that takes longer than its timeout: 504, as late as that", async () => {
    const begun = performance.now();
    const answer = await raw("/large/hang");
    expect(answer).toContain(" 504 ");
    expect(performance.now() - begun).toBeGreaterThan(900);
  });
});

describe("hosts", () => {
  const served = async (host: string, path = "/who"): Promise<string> => {
    const answer = await raw(path, [`Host: ${host}`]);
    return /"replica"/.test(answer) ? "a service" : (/ \d{3} /.exec(answer)?.[0].trim() ?? answer);
  };
  test.each([
    ["shop.example", "/who", "a service"],
    ["SHOP.example:8080", "/who", "a service"],
    ["a.b.shop.example", "/who", "a service"],
    [services.admin.hosts[0] ?? "", "/who", "a service"],
    ["notshop.example", "/who", "404"],
    ["fleet.example", "/who", "404"],
    ["fleet.example", "/web/x", "a service"],
    ["docs.example", "/web/x", "a service"],
    ["docs.example", "/docs/x", "a service"],
    ["docs.example", "/x", "404"],
    ["fleet.example", "/docs/x", "404"],
    ["shop.example", "/nginx-health", "200"],
    ["fleet.example", "/nginx-health", "200"],
  ])("%s has %s: %s", async (host, path, expected) => {
    expect(await served(host, path)).toBe(expected);
  });
});

describe("gzip and caches", () => {
  const gzip = ["Accept-Encoding: gzip"];
  test("text is compressed for who takes it", async () => {
    expect(await raw("/web/text", gzip)).toContain("Content-Encoding: gzip");
    expect(await raw("/web/text")).not.toContain("Content-Encoding");
    expect(await raw("/app-0a1b2c3d.js", gzip)).toContain("Content-Encoding: gzip");
  });
  test.each([
    ["/", "no-cache"],
    ["/index.html", "no-cache"],
    ["/app-0a1b2c3d.js", "public, max-age=31536000, immutable"],
    ["/my-component.js", "public, max-age=300"],
  ])("public%s: %s", async (path, cached) => {
    expect(await raw(path)).toContain(`Cache-Control: ${cached}\r\n`);
  });
  test("what a service says of caches is its own", async () => {
    expect(await raw("/web/text")).not.toContain("Cache-Control");
  });
});

describe("sticky: client", () => {
  const replicaOf = async (client: string): Promise<string> => {
    const answer = await exchange(await worker.url(8480), [proxyHeader(client), request("/sticky/x")]);
    return JSON.parse(/\{.*\}/s.exec(answer)?.[0] ?? "{}").replica;
  };
  const clients = Array.from({ length: 12 }, (_, i) => `203.0.113.${i}`);
  const all = () => Promise.all(clients.map(replicaOf));
  test("a client keeps its replica while others come and go, and clients are spread", async () => {
    const first = await all();
    expect(await all()).toEqual(first);
    expect(new Set(first).size).toBe(STICKY_REPLICAS);

    await worker.compose(
      "up",
      "-d",
      "--no-deps",
      "--no-recreate",
      "--scale",
      `sticky=${STICKY_REPLICAS + 1}`,
      "sticky",
    );
    let stranger = 0;
    const newcomer = async () => {
      stranger += 1;
      expect(first).not.toContain(await replicaOf(`198.51.100.${stranger}`));
    };
    await vi.waitFor(newcomer, { timeout: 30_000, interval: 200 });
    expect(await all()).toEqual(first);

    const leaving = (await worker.containers("sticky")).at(-1) ?? "";
    await must("docker", ["rm", "-f", leaving]);
    const second = await all();
    const moved = first.filter((replica, i) => replica !== second[i]);
    expect(new Set(moved)).toEqual(new Set(first.filter((replica) => leaving.startsWith(replica))));
  }, 120_000);
});

describe("a service without a replica that answers", () => {
  test("503 on its routes, with when to try again; others are served, after a reload as well", async () => {
    for (const reload of [false, true]) {
      if (reload) await worker.exec("nginx", "nginx", "-s", "reload", "-c", "/etc/fleet/nginx/nginx.conf");
      const answer = await raw("/gone/x");
      expect(answer).toContain(" 503 ");
      expect(answer).toContain("Retry-After: 5\r\n");
      expect(answer).toContain("does not answer right now");
      expect((await echo("/web/x")).url).toBe("/web/x");
      expect(await raw("/web/x")).not.toContain("Retry-After");
    }
  });
});

describe("a page of one's own for a service that does not answer", () => {
  const page = () => join(worker.folder, "public/unavailable.html");
  beforeAll(() => writeFile(page(), "<p>We are back soon.</p>\n"));
  afterAll(() => rm(page()));

  test.each(["GET", "POST", "PUT"])("%s gets it with 503, and when to try again", async (method) => {
    const answer = await exchange(origin, [request("/gone/x").replace("GET", method)]);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toContain("Retry-After: 5\r\n");
    expect(answer).toContain("We are back soon.");
  });
  test("the service is counted with what was lost, and nobody gets the page by its address", async () => {
    await raw("/gone/counted");
    const log = await worker.exec("nginx", "tail", "-n", "5", "/logs/access.log");
    expect(log.trim().split("\n").at(-1)).toMatch(/^gone 503 /);
    expect(await raw("/.fleet-unavailable/gone")).toMatch(/^HTTP\/1\.1 404 /);
  });
});

describe("rateLimit", () => {
  test("one client is refused what goes above it, others are not, and what was refused is no load of the service", async () => {
    const entrance = await worker.url(8480);
    const ask = async (client: string) =>
      (await exchange(entrance, [proxyHeader(client), request("/limited/x")])).split("\r\n\r\n")[0] ?? "";
    const answers = [];
    for (let i = 0; i < 5; i += 1) answers.push(await ask("198.51.100.7"));
    const statuses = answers.map((head) => head.slice(9, 12));
    expect(statuses.slice(0, 3)).toEqual(["200", "200", "200"]);
    expect(statuses).toContain("429");
    expect(answers.find((head) => head.includes(" 429 "))).toContain("Retry-After: 1");
    expect(await ask("198.51.100.8")).toContain(" 200 ");
    const log = await worker.exec("nginx", "tail", "-n", "20", "/logs/access.log");
    expect(log).toMatch(/^limited 200 /m);
    expect(log).not.toMatch(/^limited 429 .*"GET \/limited\/x"/m);
  });
});
