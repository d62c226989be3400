import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  chmod,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findOutput, writeOutputs } from "#jobs/cli/write-output.ts";

let folder: string;
const at = (name: string) => join(folder, name);

async function write(name: string, chunks: Iterable<string>) {
  await writeOutputs([{ output: await findOutput("--out", at(name)), chunks }]);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-output-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("writeOutputs", () => {
  it("leaves every file unchanged after a failure, and no temporary file", async () => {
    await writeFile(at("daily"), "before");
    const [daily, out] = await Promise.all(["daily", "out"].map((name) => findOutput("--out", at(name))));
    function* failing() {
      yield "half";
      throw new RangeError("a bug");
    }
    const writing = writeOutputs([
      { output: daily, chunks: ["after"] },
      { output: out, chunks: failing() },
    ]);
    await expect(writing).rejects.toThrow("a bug");
    expect(await readFile(at("daily"), "utf8")).toBe("before");
    expect(await readdir(folder)).toEqual(["daily"]);
  });

  it.skipIf(!existsSync("/dev/full"))("leaves every file unchanged when the device is full", async () => {
    const [daily, full] = [await findOutput("--daily", at("daily")), await findOutput("--out", "/dev/full")];
    const writing = writeOutputs([
      { output: daily, chunks: ["after"] },
      { output: full, chunks: ["x".repeat(100_000)] },
    ]);
    await expect(writing).rejects.toMatchObject({
      code: "input_invalid",
      message: expect.stringMatching(/^--out: cannot write \/dev\/full: ENOSPC/),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it("replaces a file's text and keeps its permissions", async () => {
    await writeFile(at("out"), "before");
    await chmod(at("out"), 0o600);
    await write("out", ["after", "\n", "x".repeat(200_000)]);
    expect(await readFile(at("out"), "utf8")).toBe(`after\n${"x".repeat(200_000)}`);
    expect((await stat(at("out"))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["out"]);
  });

  it.each(["there", "not there yet"])("writes to the target of a link, %s", async (where) => {
    if (where === "there") await writeFile(at("real"), "before");
    await symlink("real", at("link"));
    await symlink("link", at("out"));
    await write("out", ["after"]);
    expect([await readlink(at("out")), await readlink(at("link"))]).toEqual(["link", "real"]);
    expect((await lstat(at("real"))).isFile()).toBe(true);
    expect(await readFile(at("real"), "utf8")).toBe("after");
  });

  it("writes through a pipe and keeps it", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    const [, read] = await Promise.all([write("pipe", ["a\n", "b\n"]), readFile(at("pipe"), "utf8")]);
    expect(read).toBe("a\nb\n");
    expect((await stat(at("pipe"))).isFIFO()).toBe(true);
    expect(await readdir(folder)).toEqual(["pipe"]);
  });
});
