import { CliError } from "@compose-fleet/process";
import { expect, test } from "vitest";
import type { Machine } from "../target/machines.ts";
import { containersOf } from "./containers.ts";

const worker = (id: string): Machine => ({ id, kind: "workers" });
const answering = (answers: Record<string, string | Error>) => ({
  run: async ({ id }: Machine, script: string) => {
    expect(script).toContain("docker ps --all");
    const answer = answers[id] ?? "";
    if (answer instanceof Error) throw answer;
    return answer.startsWith("!")
      ? { exitCode: 1, stdout: "", stderr: answer }
      : { exitCode: 0, stdout: answer, stderr: "" };
  },
});

test("one machine that does not answer hides no other, and is told", async () => {
  const machines = answering({
    "i-1": "c2\tweb\t10\trunning\tUp 3 seconds\timg\nc1\tweb\t2\texited\tExited (3)\timg\nhalf\tweb",
    "i-2": new CliError("is not online"),
    "i-3": "!no Docker",
  });
  const { containers, problems } = await containersOf(machines, ["i-1", "i-2", "i-3"].map(worker));
  expect(containers.map(({ id, replica, state }) => [id, replica, state])).toEqual([
    ["c1", "2", "exited"],
    ["c2", "10", "running"],
  ]);
  expect(problems).toEqual(["i-2: is not online", "i-3: !no Docker"]);
});

test("where none answers it fails", async () => {
  await expect(containersOf(answering({ "i-1": "!gone" }), [worker("i-1")])).rejects.toThrow("i-1: !gone");
});
