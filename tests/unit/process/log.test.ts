import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

const REFUSED = 'new Error("refused", { cause: new Error("no answer") })';

/** Stderr of a process that logs a thrown error at this level. */
function logThrown(level: "debug" | "info" | "warn" | "error", thrown = REFUSED): string {
  const program = `
    import { createLog } from "#app/process/log.server.ts";
    const error = ${thrown};
    createLog("debug").child({ queue: "ingest" })["${level}"]("step.failed", { shop: "a", error });`;
  return spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }).stderr;
}

describe("log", () => {
  it.each(["warn", "error"] as const)("writes the thrown error at level %s", (level) => {
    const line = JSON.parse(logThrown(level)) as Record<string, unknown>;
    expect(line).toMatchObject({ event: "step.failed", shop: "a", queue: "ingest" });
    expect(line["err"]).toMatchObject({
      type: "Error",
      stack: expect.stringContaining("no answer") as unknown,
    });
  });

  it("writes each field once, also one that its parent has", () => {
    const program = `
      import { createLog } from "#app/process/log.server.ts";
      createLog("info").child({ shop: "a", jobId: "7" }).info("step.finished", { shop: "b" });`;
    const { stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
    });
    expect(stderr.match(/"shop"/g)).toHaveLength(1);
    expect(JSON.parse(stderr)).toMatchObject({ event: "step.finished", shop: "b", jobId: "7" });
  });

  it.each([
    ["alone", (error: string) => error],
    ["among several", (error: string) => `new AggregateError([${error}], "two failed")`],
  ])("hides the password that Redis refused, %s", (_, among) => {
    const refused = 'Object.assign(new Error("WRONGPASS"), { command: { name: "auth", args: ["hunter2"] } })';
    const line = logThrown("warn", among(refused));
    expect(line).toContain("WRONGPASS");
    expect(line).toContain('"name":"auth"');
    expect(line).not.toContain("hunter2");
  });
});
