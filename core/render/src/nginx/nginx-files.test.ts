import { type FleetConfigInput, httpServices, parseFleetConfig, routesByHost } from "@compose-fleet/fleet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nginxFiles } from "./nginx-files.ts";

type Services = FleetConfigInput["services"];

const WEB = { path: "/web/", port: 80, memory: "64m", capacity: { requestsPerSecond: 5 } };

function configOf(services: Services) {
  const parsed = parseFleetConfig({ name: "demo", services });
  return parsed.ok ? parsed.config : undefined;
}

function rendered(services: Services): Readonly<Record<string, string>> {
  const config = configOf(services);
  if (!config) throw new Error("not a fleet");
  return nginxFiles(config);
}

/** The lines of one block, such as "location /web/", without what is nested in it. */
function block(text: string | undefined, title: string): string[] {
  const lines = (text ?? "").split("\n");
  const from = lines.findIndex((line) => line.trim() === `${title} {`);
  const indent = " ".repeat(lines[from]?.search(/\S/) ?? 0);
  const to = lines.findIndex((line, i) => i > from && line === `${indent}}`);
  return from < 0 ? [] : lines.slice(from + 1, to).map((line) => line.trim());
}

const ROUNDS = ["location /web/", "location @again-web-1", "location @again-web-2", "location @again-web-3"];

describe("a service that asks for nothing", () => {
  test("has its path, the replays and the end of them, and no setting", () => {
    const text = rendered({ web: WEB })["locations.conf"];
    const again = (next: string) => [
      "if ($never_sent = 0) {",
      "return 502;",
      "}",
      "set $fleet_service web;",
      "proxy_pass http://web;",
      `error_page 502 504 = ${next};`,
    ];
    expect(ROUNDS.map((title) => block(text, title))).toEqual([
      [
        "if (-e /run/fleet/maintenance-web) {",
        "return 503;",
        "}",
        "error_page 503 = @maintenance-web;",
        "set $fleet_service web;",
        "proxy_pass http://web;",
        "error_page 502 504 = @again-web-1;",
      ],
      again("@again-web-2"),
      again("@again-web-3"),
      again("@unanswered-web"),
    ]);
    expect(block(text, "location @maintenance-web")).toEqual(["include /etc/fleet/nginx/maintenance.conf;"]);
    expect(block(text, "location @unanswered-web")).toEqual([
      "set $fleet_service web;",
      "include /etc/fleet/nginx/unanswered.conf;",
    ]);
  });
  test("and the balancing by open connections, on every host", () => {
    const files = rendered({ web: WEB });
    expect(block(files["http.conf"], "upstream web")).toContain("least_conn;");
    expect(files["http.conf"]).not.toMatch(/sticky|map \$request_uri/);
    expect(files["hosts.conf"]).toMatch(/^#[^\n]*\n$/);
  });
});

describe("a setting holds for the first try and for each replay", () => {
  test.each<[object, string[]]>([
    [{ timeout: 120 }, ["proxy_read_timeout 120s;", "proxy_send_timeout 120s;"]],
    [{ maxBody: "20m" }, ["client_max_body_size 20m;", "proxy_request_buffering off;"]],
    [{ maxBody: "512k" }, ["client_max_body_size 512k;"]],
    [{ stripPath: true }, ["set $fleet_prefix /web;", "proxy_pass http://web$uri_of_web;"]],
  ])("%j", (keys, lines) => {
    const text = rendered({ web: { ...WEB, ...keys } })["locations.conf"];
    for (const title of ROUNDS) expect(block(text, title)).toEqual(expect.arrayContaining(lines));
  });
  test.each(["60", "1m", "1024k"])("but not the one that holds in any case: %s", (value) => {
    const keys = value === "60" ? { timeout: 60 } : { maxBody: value };
    expect(rendered({ web: { ...WEB, ...keys } })).toEqual(rendered({ web: WEB }));
  });
});

test("a body that is passed on as it comes is not sent again", () => {
  const text = rendered({ web: { ...WEB, maxBody: "2m" } })["locations.conf"];
  for (const title of ROUNDS.slice(1)) expect(block(text, title)[0]).toBe("if ($never_sent_without_body = 0) {");
});

describe("rateLimit", () => {
  const limited = (burst?: number) => rendered({ web: { ...WEB, rateLimit: { requestsPerSecond: 7, burst } } });
  test("holds for what clients send, and not once more for what is sent again", () => {
    const text = limited()["locations.conf"];
    const line = "limit_req zone=clients_limited_by_web burst=7 nodelay;";
    expect(ROUNDS.map((title) => block(text, title).includes(line))).toEqual([true, false, false, false]);
    expect(limited()["http.conf"]).toContain(
      "limit_req_zone $binary_remote_addr zone=clients_limited_by_web:4m rate=7r/s;",
    );
    expect(limited(0)["locations.conf"]).toContain("zone=clients_limited_by_web burst=0 nodelay;");
  });
});

describe("basicAuth", () => {
  const text = rendered({ web: { ...WEB, basicAuth: ["STAFF"] } })["locations.conf"];
  test("is asked for once, where a request comes in, of a file that is no part of the rendering", () => {
    const lines = ['auth_basic "web";', "auth_basic_user_file /run/logins/web;"];
    expect(ROUNDS.map((title) => lines.filter((line) => block(text, title).includes(line)).length)).toEqual([
      2, 0, 0, 0,
    ]);
    expect(Object.values(rendered({ web: { ...WEB, basicAuth: ["STAFF"] } })).join()).not.toContain("STAFF");
  });
  test("is nginx's business: no replica gets it, at no try", () => {
    for (const title of ROUNDS) expect(block(text, title)).toContain('set $fleet_authorization "";');
    expect(rendered({ web: WEB })["locations.conf"]).not.toContain("authorization");
  });
});

describe("stripPath", () => {
  test("the path is cut after all variables are set: nginx ends there", () => {
    const lines = block(rendered({ web: { ...WEB, stripPath: true } })["locations.conf"], "location /web/");
    const cut = lines.findIndex((line) => line.startsWith("rewrite "));
    expect(lines[cut]).toBe("rewrite ^/web(/.*)$ $1 break;");
    expect(lines.slice(cut).filter((line) => line.startsWith("set "))).toEqual([]);
  });
  test("a replica is asked at /, where the service is", () => {
    expect(rendered({ web: { ...WEB, stripPath: true } })["probes.conf"]).toContain("proxy_pass http://web/;");
    expect(rendered({ web: WEB })["probes.conf"]).toContain("proxy_pass http://web/web/;");
  });
  test("a dot in the path is no wildcard", () => {
    const text = rendered({ web: { ...WEB, path: "/v1.0/", stripPath: true } })["http.conf"];
    expect(text).toContain('"~^/v1\\.0(?<rest_of_web>/.*)$"');
  });
  test("at / there is nothing to cut", () => {
    const root = { ...WEB, path: "/" };
    expect(rendered({ web: { ...root, stripPath: true } })).toEqual(rendered({ web: root }));
  });
});

test("sticky: client remembers in a zone of the service's own", () => {
  const sticky = { ...WEB, sticky: "client" as const };
  const text = rendered({ a: { ...sticky, path: "/a/" }, b: { ...sticky, path: "/b/" } })["http.conf"];
  for (const name of ["a", "b"])
    expect(block(text, `upstream ${name}`)).toContainEqual(
      expect.stringContaining(`sticky learn create=$remote_addr lookup=$remote_addr zone=clients_of_${name}:`),
    );
});

describe("hosts", () => {
  test("hosts with the same services share a server", () => {
    const text = rendered({ web: { ...WEB, hosts: ["a.example", "b.example"] } })["hosts.conf"];
    expect(text?.match(/server_name .*;/g)).toEqual(["server_name a.example b.example;"]);
  });
  test("the static page is on each host where no service has /", () => {
    const text = rendered({
      web: { ...WEB, path: "/", hosts: ["a.example"] },
      api: { ...WEB, path: "/api/", hosts: ["b.example"] },
    });
    expect(text["hosts.conf"]?.match(/root \/srv\/public;/g)).toHaveLength(1);
    expect(text["locations.conf"]?.match(/root \/srv\/public;/g)).toHaveLength(1);
  });
});

describe("whatever services there are", () => {
  const service = fc.record(
    {
      path: fc.constantFrom("/", "/a/", "/a/b/", "/v1.0/", "/~x_y-z/"),
      hosts: fc.uniqueArray(fc.constantFrom("a.example", "b.example", "*.example"), { maxLength: 3 }),
      stripPath: fc.boolean(),
      maxBody: fc.constantFrom("1k", "1m", "1025k", "10g"),
      timeout: fc.integer({ min: 1, max: 340 }),
      sticky: fc.constant("client" as const),
      rateLimit: fc.record({ requestsPerSecond: fc.integer({ min: 1, max: 10_000 }), burst: fc.nat({ max: 10_000 }) }),
    },
    { requiredKeys: ["path"] },
  );
  const fleets = fc
    .dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/), service, {
      minKeys: 1,
      maxKeys: 5,
      noNullPrototype: true,
    })
    .map((services) =>
      configOf(Object.fromEntries(Object.entries(services).map(([name, keys]) => [name, { ...WEB, ...keys }]))),
    )
    .filter((config) => config !== undefined);

  /** Texts of all servers, each with the services it shall have. */
  const serversOf = (config: NonNullable<ReturnType<typeof configOf>>) => {
    const files = nginxFiles(config);
    const everywhere = httpServices(config.services).filter(([, { hosts }]) => hosts.length === 0);
    const hosts = routesByHost(Object.fromEntries(httpServices(config.services))).map(({ host, services }) => {
      const text = (files["hosts.conf"] ?? "").split("\nserver {\n").find((part) => {
        const [names = ""] = /(?<=server_name )[^;]*/.exec(part) ?? [];
        return names.split(" ").includes(host);
      });
      return { text: text ?? "", services };
    });
    return [{ text: files["locations.conf"] ?? "", services: everywhere }, ...hosts];
  };

  test("no server has a location twice, each has those of its services, and each jump leads to one of them", () => {
    fc.assert(
      fc.property(fleets, (config) => {
        for (const { text, services } of serversOf(config)) {
          const locations = text.match(/(?<=^location ).*(?= \{$)/gm) ?? [];
          expect(new Set(locations).size).toBe(locations.length);
          const paths = locations.filter((location) => location.startsWith("/"));
          expect(new Set(paths)).toEqual(new Set(["/", ...services.map(([, { path }]) => path)]));
          const labels = text.match(/(?<=set \$fleet_service )[^;]*/g) ?? [];
          expect(new Set(labels)).toEqual(new Set(services.map(([name]) => name)));
          for (const target of text.match(/(?<=error_page 50[0-9 ]* = )[^;]*/g) ?? [])
            expect(locations).toContain(target);
        }
      }),
      { numRuns: 40 },
    );
  });
  test("braces are closed, and every variable of a service is defined", () => {
    fc.assert(
      fc.property(fleets, (config) => {
        const text = Object.values(nginxFiles(config)).join("\n");
        expect(text.match(/\{$/gm)?.length).toBe(text.match(/^\s*\}$/gm)?.length);
        for (const used of text.match(/(?<=proxy_pass http:\/\/[^$;]*)\$[a-z0-9_]+/g) ?? [])
          expect(text).toContain(`map $request_uri ${used} {`);
      }),
      { numRuns: 40 },
    );
  });
});
