import { expect, test } from "vitest";
import { labelProject } from "./label-project.ts";

const labels = { fleet: "demo" };
const labelled = (project: object) => JSON.parse(labelProject(JSON.stringify(project), labels));

test("everything that Docker keeps is labelled, and keeps what else it has", () => {
  const project = {
    name: "local-services",
    services: { redis: { image: "redis", labels: { mine: "1" } }, db: { image: "db" } },
    networks: { default: { name: "local-services_default" } },
    volumes: { data: { name: "local-services_data", driver: "local" } },
    configs: { c: { content: "x" } },
  };
  expect(labelled(project)).toEqual({
    services: { redis: { image: "redis", labels: { mine: "1", fleet: "demo" } }, db: { image: "db", labels } },
    networks: { default: { labels } },
    volumes: { data: { driver: "local", labels } },
    configs: { c: { content: "x" } },
  });
});

test("what exists elsewhere is not this fleet's: no label, and its own name", () => {
  const external = { name: "theirs", external: true };
  expect(labelled({ services: { a: {} }, networks: { n: external }, volumes: { v: external } })).toMatchObject({
    networks: { n: external },
    volumes: { v: external },
  });
});

test("a project of services alone", () => {
  expect(labelled({ services: { a: { image: "a" } } })).toEqual({
    services: { a: { image: "a", labels } },
    networks: { default: { labels } },
    volumes: {},
  });
});
