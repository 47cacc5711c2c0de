import { expect, test } from "vitest";
import { createApplyProgress } from "./apply-progress.ts";

const event = (type: string, addr: string, action: string, elapsed_seconds?: number) =>
  JSON.stringify({ type, hook: { resource: { addr }, action, elapsed_seconds } });

test("each step is counted, what takes long is named now and then, and what fails at once", () => {
  const lines: string[] = [];
  const progress = createApplyProgress(12, (line) => lines.push(line));
  progress("Terraform also writes text");
  progress('{"type":"version","terraform":"1.11.4"}');
  progress(event("apply_start", "aws_lb.a", "create"));
  for (const seconds of [10, 20, 30, 40, 50, 60]) progress(event("apply_progress", "aws_lb.a", "create", seconds));
  progress(event("apply_complete", "aws_vpc.b", "update", 1));
  progress(event("apply_complete", "aws_lb.a", "create", 64));
  progress(event("apply_complete", "aws_eip.c", "delete", 2));
  progress(event("apply_errored", "aws_eip.d", "create", 3));
  expect(lines).toEqual([
    "        aws_lb.a: still under way (30 s)",
    "        aws_lb.a: still under way (60 s)",
    "[ 1/12] aws_vpc.b changed (1 s)",
    "[ 2/12] aws_lb.a created (64 s)",
    "[ 3/12] aws_eip.c destroyed (2 s)",
    "FAILED aws_eip.d (3 s)",
  ]);
});
