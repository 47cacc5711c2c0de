import fc from "fast-check";
import { expect, test } from "vitest";
import type { StackFile } from "./stack-file.ts";
import { copyTag, imageVariables, pinImages, registryOfImage, thirdPartyImages } from "./third-party-images.ts";

const file = (path: string, text: string): StackFile => ({ path, mode: 0o644, content: Buffer.from(text) });
const COPY = "1.dkr.ecr/fleet-a-b/third_party@sha256:1";

test("what is not in the fleet's registry is somebody else's", () => {
  expect(
    thirdPartyImages(
      ["nginx:1.30", "host:5000/fleet-a-b/web:1", "nginx:1.30", "", "ghcr.io/x/y@sha256:1"],
      "host:5000",
    ),
  ).toEqual(["ghcr.io/x/y@sha256:1", "nginx:1.30"]);
});

test.each([
  ["a variable is set, and the file stays", `image: \${NGINX_IMAGE:-nginx:1.30}`, { NGINX_IMAGE: COPY }, undefined],
  ["so is one that may be empty", `image: \${NGINX_IMAGE-nginx:1.30}`, { NGINX_IMAGE: COPY }, undefined],
  ["a plain reference is replaced", "    image: nginx:1.30", {}, `    image: ${COPY}`],
  ["in quotes as well", "image: 'nginx:1.30' # the web server", {}, `image: '${COPY}' # the web server`],
  ["one that is made up from a variable and a text", `image: nginx:\${VERSION:-1.30}`, {}, `image: ${COPY}`],
  ["one whose variable is no image's", `image: \${WEB:-nginx:1.30}`, {}, `image: ${COPY}`],
  ["another image stays", "image: redis:8", {}, undefined],
])("%s", (_rule, text, variables, changed) => {
  const stack = [file("services/x.yml", `services:\n${text}\n`), file("nginx.conf", "image: nginx:1.30\n")];
  const pinned = pinImages(stack, { "nginx:1.30": COPY });
  expect(pinned.variables).toEqual(variables);
  expect(pinned.files.map(({ content }) => content.toString())).toEqual([
    `services:\n${changed ?? text}\n`,
    "image: nginx:1.30\n",
  ]);
});

test("an image that no compose file names as a whole is said to be left", () => {
  const { left } = pinImages([file("compose.yml", `image: \${REGISTRY}/nginx:1.30\n`)], {
    "docker.io/nginx:1.30": COPY,
  });
  expect(left).toEqual(["docker.io/nginx:1.30"]);
});

test("whatever references a stack names, each is pinned at each place, and pinning again changes nothing", () => {
  const part = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const reference = fc
    .tuple(part, part, fc.stringMatching(/^[0-9]{1,2}\.[0-9]{1,2}$/))
    .map(([a, b, tag]) => `${a}/${b}:${tag}`);
  const style = fc.constantFrom<(reference: string, index: number) => string>(
    (text) => text,
    (text) => `"${text}"`,
    (text, index) => `\${X${index}_IMAGE:-${text}}`,
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(reference, { minLength: 1, maxLength: 5 }),
      fc.array(style, { minLength: 5, maxLength: 5 }),
      (references, styles) => {
        const text = references.map((name, index) => `  image: ${styles[index]?.(name, index)}\n`).join("");
        const copies = Object.fromEntries(references.map((name, index) => [name, `own/third_party@sha256:${index}`]));
        const once = pinImages([file("compose.yml", text)], copies);
        const inFile = once.files[0]?.content.toString() ?? "";
        for (const copy of Object.values(copies))
          expect(inFile.includes(copy) || Object.values(once.variables).includes(copy)).toBe(true);
        expect(once.left).toEqual([]);
        expect(pinImages(once.files, copies).files).toEqual(once.files);
      },
    ),
  );
});

test("the variable of an image is known by what it defaults to", () => {
  const found = imageVariables([file("compose.yml", `image: \${NGINX_IMAGE:-nginx:1.30}\nimage: redis:8\n`)]);
  expect([...found]).toEqual([["nginx:1.30", "NGINX_IMAGE"]]);
});

test.each([
  ["nginx:1.30", "docker.io"],
  ["prom/prometheus:v3", "docker.io"],
  ["ghcr.io/owner/app:1", "ghcr.io"],
  ["localhost:5000/app", "localhost:5000"],
  ["localhost/app", "localhost"],
])("%s comes from %s", (reference, host) => {
  expect(registryOfImage(reference)).toBe(host);
});

test.each([
  ["prom/prometheus:v3.13.0", "prom_prometheus_v3.13.0-0123456789ab"],
  ["ghcr.io/x/y@sha256:ffff", "ghcr.io_x_y-0123456789ab"],
  ["host:5000/x:1", "host_5000_x_1-0123456789ab"],
])("a copy of %s is called %s", (reference, tag) => {
  expect(copyTag(reference, "sha256:0123456789abcdef")).toBe(tag);
  expect(tag).toMatch(/^\w[\w.-]{0,127}$/);
});
