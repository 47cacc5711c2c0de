import { type FleetConfigInput, parseFleetConfig } from "@compose-fleet/fleet";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderStackWorker } from "./stack-worker.ts";

const WEB = { path: "/web/", port: 80, memory: "64m", capacity: { requestsPerSecond: 5 } };

/** Renders a fleet and gives the content of one file. */
function rendered(name: string, fleet: Partial<FleetConfigInput>): string {
  const parsed = parseFleetConfig({ name: "demo", services: { web: WEB }, ...fleet });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const file = renderStackWorker(parsed.config).find(({ path }) => path === `stack-worker/rendered/${name}`);
  if (!file) throw new Error(`no ${name}`);
  return file.content;
}

describe("renderStackWorker", () => {
  test("the compose overlay takes the service's own file, and says what fleet.yaml says of it", () => {
    const services = { web: { ...WEB, environment: { PAYLOAD: "Hello, World!" } } };
    expect(parse(rendered("compose.services.yml", { services })).services.web).toMatchObject({
      extends: { file: "../services/web.yml", service: "web" },
      mem_limit: "64m",
      environment: { PAYLOAD: "Hello, World!" },
    });
  });

  test("every service has a way out, but for one that shall have none", () => {
    const services = { web: WEB, quiet: { ...WEB, path: "/quiet/", internet: false } };
    const rendering = parse(rendered("compose.services.yml", { services })).services;
    expect(rendering.web.networks).toEqual({ services: {}, edge: {} });
    expect(rendering.quiet.networks).toEqual({ services: {} });
  });

  test("fifty services give fifty of everything that must know them", () => {
    const services = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`s${i}`, { ...WEB, path: `/s${i}/`, metrics: i % 2 === 0 }]),
    );
    const count = (name: string, pattern: RegExp): number => rendered(name, { services }).match(pattern)?.length ?? 0;
    expect(count("services.tsv", /^s\d+\t1\t10\t\d+\t\/s\d+\/$/gm)).toBe(50);
    expect(count("nginx/http.conf", /^upstream s\d+ \{$/gm)).toBe(50);
    expect(count("nginx/locations.conf", /^location \/s\d+\/ \{$/gm)).toBe(50);
    expect(count("nginx/probes.conf", /^location = \/probe\/s\d+ \{$/gm)).toBe(50);
    expect(Object.keys(parse(rendered("compose.services.yml", { services })).services)).toHaveLength(50);
    expect(count("agent/agent.yml", /job_name: replica\//g), "only those with metrics").toBe(25);
  });

  test("of a service that nginx does not serve nginx knows nothing, and scripts know its port if it has one", () => {
    const inner = { memory: "64m", port: 90, metrics: true };
    const services = { web: WEB, inner, jobs: { memory: "64m", replicas: { min: 2, max: 4 } } };
    expect(rendered("services.tsv", { services })).toBe("web\t1\t10\t80\t/web/\ninner\t1\t10\t90\t\njobs\t2\t4\t\t\n");
    for (const name of ["http", "locations", "hosts", "probes"])
      expect(rendered(`nginx/${name}.conf`, { services })).not.toMatch(/inner|jobs/);
    expect(Object.keys(parse(rendered("compose.services.yml", { services })).services)).toEqual([
      "web",
      "inner",
      "jobs",
    ]);
    expect(rendered("agent/agent.yml", { services })).toContain("job_name: replica/inner");
    // A fleet may have nothing else.
    expect(rendered("nginx/locations.conf", { services: { jobs: services.jobs } })).toContain("root /srv/public");
  });

  test("replicas of a fleet with signals are asked as often as everything else", () => {
    const signals = [{ name: "queue", query: "max(queue_length)", target: 5 }];
    const services = { web: { ...WEB, metrics: true }, jobs: { memory: "64m", signals } };
    const intervalOf = (content: string) =>
      parse(content).scrape_configs.find(({ job_name }: { job_name: string }) => job_name === "replica/web")
        .scrape_interval;
    expect(intervalOf(rendered("agent/agent.yml", { services }))).toBe("2s");
    expect(intervalOf(rendered("agent/agent.yml", { services: { web: services.web } }))).toBe("10s");
  });

  test("the static page gives way to a service at /", () => {
    expect(rendered("nginx/locations.conf", {})).toContain("root /srv/public");
    const atRoot = rendered("nginx/locations.conf", { services: { web: { ...WEB, path: "/" } } });
    expect(atRoot.match(/^location \/ \{$/gm)).toHaveLength(1);
    expect(atRoot).not.toContain("/srv/public");
  });

  test("a dollar sign in the environment is text for compose", () => {
    const services = { web: { ...WEB, environment: { PRICE: "$5 and $$" } } };
    expect(parse(rendered("compose.services.yml", { services })).services.web.environment).toEqual({
      PRICE: "$$5 and $$$$",
    });
  });

  test.each([
    "1_000",
    "0b101",
    "0x1f",
    "2024-01-02",
    "1e3",
    "1:30",
    "yes",
    "no",
    "~",
    "null",
    "true",
    "3.10",
    "+1",
    ".inf",
    "-",
    "",
    "a: b",
    "# c",
    "'",
  ])("%j in the environment is text for every reader of YAML", (value) => {
    const text = rendered("compose.services.yml", { services: { web: { ...WEB, environment: { A: value } } } });
    for (const version of ["1.1", "1.2"] as const)
      expect(parse(text, { version, merge: true, customTags: [] }).services.web.environment.A).toBe(value);
  });

  test("secrets are names in a table, never in the overlay", () => {
    const services = { web: { ...WEB, secrets: ["API_KEY", "OTHER"] } };
    expect(rendered("secrets.tsv", { services })).toBe("web\tAPI_KEY OTHER\n");
    expect(rendered("compose.services.yml", { services })).not.toContain("API_KEY");
  });

  test("logins are names in a table of their own", () => {
    const services = { web: { ...WEB, basicAuth: ["STAFF", "BOSS"] }, open: { ...WEB, path: "/open/" } };
    expect(rendered("logins.tsv", { services })).toBe("web\tSTAFF BOSS\n");
    expect(rendered("secrets.tsv", { services })).toBe("");
  });

  test.each([
    ["production's defaults", {}, "2s", "500ms", "30s"],
    [
      "short timings",
      { metrics: { scrapeSeconds: 0.5, rateWindowSeconds: 5 }, workers: { demandWindowSeconds: 10 } },
      "500ms",
      "250ms",
      "10s",
    ],
  ])("timings follow fleet.yaml: %s", (_rule, scaling, scrape, deadline, keepalive) => {
    const agent = parse(rendered("agent/agent.yml", { scaling }));
    expect(agent.global).toMatchObject({ scrape_interval: scrape, external_labels: { worker: "$WORKER_ID" } });
    expect(agent.remote_write[0].queue_config.batch_send_deadline).toBe(deadline);
    expect(rendered("nginx/http.conf", { scaling })).toContain(`keepalive_time ${keepalive};`);
  });

  test("samples go to the monitoring instance of the private zone", () => {
    const agent = parse(rendered("agent/agent.yml", { network: { privateZone: "shop.internal" } }));
    expect(agent.remote_write[0].url).toBe("http://monitoring.shop.internal:9090/api/v1/write");
  });
});
