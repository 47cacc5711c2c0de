import { describe, expect, test } from "vitest";
import { createFakeRunner } from "../../../process/test/fake-runner.ts";
import { weakness } from "./check-stack.ts";
import { reviewServices } from "./review-services.ts";
import { stackOf } from "./stack-under-test.ts";

const IMAGE = "services: { web: { image: nginx } }";

/** Compose that is there, reads each file as `service`, and says `refusal` about the whole. */
function composeThat(service: object, { version = "2.40.3", refusal = "" } = {}) {
  return createFakeRunner([
    [/^docker compose version/, version],
    [/^docker compose -f \.fleet-probe\.yml/, JSON.stringify({ services: { web: service } })],
    [/^docker compose -f compose\.yml config --quiet$/, refusal === "" ? "" : { exitCode: 1, stderr: refusal }],
  ]);
}
const sentences = async (text: string, runner = createFakeRunner([])) =>
  (await reviewServices(runner, stackOf({ web: text }), ["web"])).faults.map(({ message }) => message);

describe("without compose, the rules judge what is written down", () => {
  test.each([
    ["a service with an image is accepted", IMAGE, []],
    ["an image in a merged anchor is seen", "x-b: &b { image: nginx }\nservices: { web: { <<: *b } }", []],
    ["an image may come by extends", "services: { web: { extends: { file: x.yml, service: y } } }", []],
    ["a build needs an image beside it: told by compose's reading only", "services: { web: { build: ../web } }", []],
    ["a text that is not YAML", "services: [", ["is not YAML"]],
    ["an empty file", "", ["has no services: mapping"]],
    ["services as a list", "services: [web]", ["has no services: mapping"]],
    ["another service's name", "services: { wbe: { image: nginx } }", ["has no services.web (got wbe)"]],
    ["an entry without content", "services: { web: }", ["has no services.web"]],
    ["no image", "services: { web: { command: [x] } }", ["services.web.image: missing"]],
    ["published ports", 'services: { web: { image: x, ports: ["80:80"] } }', ["services.web.ports: remove it"]],
    ["a misspelt key", "services: { web: { image: x, imagee: y } }", ["services.web.imagee: unknown key"]],
    ["a misspelt key at the top", "volume: {}\nservices: { web: { image: x } }", []],
    ["networks at the top", "networks: { mine: {} }\nservices: { web: { image: x } }", ["networks: remove it"]],
    [
      "several faults at once",
      "services: { web: { container_name: web, deploy: { replicas: 3 } } }",
      ["services.web.container_name: remove it", "services.web.deploy: remove it", "services.web.image: missing"],
    ],
  ])("%s", async (_rule, text, expected) => {
    expect(await sentences(text)).toEqual(expected.map((part) => expect.stringContaining(part)));
  });

  test.each([
    ["docker is missing", createFakeRunner([]), "docker is not installed"],
    [
      "the plugin is missing",
      createFakeRunner([
        [/^docker compose version/, { exitCode: 1, stderr: "docker: 'compose' is not a docker command." }],
      ]),
      "no compose plugin",
    ],
    ["it is too old", createFakeRunner([[/^docker compose version/, "2.17.2"]]), "docker compose is 2.17.2"],
  ])("%s: said loudly", async (_rule, runner, why) => {
    const review = await reviewServices(runner, stackOf({ web: IMAGE }), ["web"]);
    expect(weakness(review)).toContain("WARNING");
    expect(weakness(review)).toContain(why);
  });
});

describe("with compose, the rules judge what compose reads, and compose has the last word", () => {
  test("a key that came in by other ways", async () => {
    expect(await sentences(IMAGE, composeThat({ image: "nginx", container_name: "web" }))).toEqual([
      "services.web.container_name: remove it: two replicas cannot have the same name",
    ]);
  });

  test("a mount that names what is not there", async () => {
    const volumes = [{ type: "bind", source: "./nothing", target: "/x" }];
    expect(await sentences(IMAGE, composeThat({ image: "nginx", volumes }))).toEqual([
      expect.stringContaining("./nothing is not there"),
    ]);
  });

  test.each<[string, readonly string[], string[]]>([
    ["has it in any case, and may say so", [], []],
    ["shall have none by fleet.yaml", ["web"], [expect.stringContaining("fleet.yaml says internet: false")]],
    ["is not concerned by another's", ["shop"], []],
  ])("a service that names its way out %s", async (_rule, offline, expected) => {
    const runner = composeThat({ image: "nginx", networks: { edge: null } });
    const { faults } = await reviewServices(runner, stackOf({ web: IMAGE }), ["web"], offline);
    expect(faults.map(({ message }) => message)).toEqual(expected);
  });

  test("compose's words about the whole", async () => {
    const refusal = "validating services/web.yml: services.web additional properties 'imagee' not allowed";
    expect(await sentences(IMAGE, composeThat({ image: "nginx" }, { refusal }))).toEqual([
      "compose refuses it: services.web additional properties 'imagee' not allowed",
    ]);
  });

  test("what works, and should be known", async () => {
    const { faults, notes } = await reviewServices(
      composeThat({ image: "nginx", privileged: true, restart: "always" }),
      stackOf({ web: IMAGE }),
      ["web"],
    );
    expect(faults).toEqual([]);
    expect(notes.map(({ message }) => message)).toEqual([
      expect.stringContaining("privileged: it is root of the machine"),
      expect.stringContaining("restart: ignored"),
    ]);
  });
});

test("a file that is missing is told with its path and what to write", async () => {
  const { faults } = await reviewServices(createFakeRunner([]), stackOf({ web: IMAGE }), ["web", "shop"]);
  expect(faults).toEqual([
    { path: "services/shop.yml", message: "is missing: write a compose file whose services: has an entry shop" },
  ]);
});
