import { mkdir, mkdtemp, link, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseFlags } from "#jobs/cli/command-line.ts";

const FLAGS = {
  orders: { kind: "file", required: true, help: "the order log" },
  products: { kind: "file", help: "the product list" },
  "as-of": { kind: "date", help: "learn from orders before this date" },
  seed: { kind: "integer", fallback: 1, min: 0, max: 9, help: "of every random choice" },
  explore: { kind: "switch", help: "leave out what was bought" },
  out: { kind: "output", help: "where to write" },
  daily: { kind: "output", help: "where to write every day" },
} as const;

const socket = createServer();
let folder: string;
const at = (name: string) => join(folder, name);
const parse = (...argv: string[]) => parseFlags(FLAGS, argv);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-flags-"));
  await mkdir(at("folder"));
  await Promise.all(["orders.csv", "products.csv"].map((name) => writeFile(at(name), name)));
  await symlink("orders.csv", at("symbolic.csv"));
  await link(at("orders.csv"), at("hard.csv"));
  await new Promise<void>((listening) => socket.listen(at("socket"), listening));
});
afterAll(async () => {
  socket.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a command line is refused", () => {
  it.each([
    [["--seed", "-1"], '--seed: "-1" is not a whole number from 0 to 9'],
    [["--as-of", "-5"], '--as-of: "-5" is not a date'],
    [["--seed"], "--seed has no value: a whole number from 0 to 9, of every random choice"],
    [["--out", "--explore"], "--out has no value: where to write"],
    [["--seed", "1", "--seed", "2"], "--seed is given 2 times, once was expected"],
    [["--explore", "--explore"], "--explore is given 2 times"],
    [["--explore=yes"], "'--explore' does not take an argument"],
  ])("with %j: %s", async (argv, message) => {
    await expect(parse("--orders", at("orders.csv"), ...argv)).rejects.toThrow(message);
  });

  it.each([
    ["nowhere.csv", "--products: no such file"],
    ["folder", "is a folder, a file was expected"],
    ["socket", "is a socket, a file was expected"],
    ["orders.csv/x", "--products: cannot read"],
  ])("if the input is %s: %s", async (name, message) => {
    const parsed = parse("--orders", at("orders.csv"), "--products", at(name));
    await expect(parsed).rejects.toMatchObject({
      code: "input_invalid",
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ["folder", "is a folder, a file was expected"],
    ["socket", "is a socket, a file was expected"],
    ["nowhere/out.csv", "--out: cannot write"],
    ["orders.csv/out.csv", "--out: cannot write"],
    ["orders.csv", "is also what --orders reads, and would be lost"],
    ["folder/../orders.csv", "is also what --orders reads"],
    ["symbolic.csv", "is also what --orders reads"],
    ["hard.csv", "is also what --orders reads"],
    ["products.csv", "is also what --products reads"],
  ])("if the output is %s: %s", async (name, message) => {
    const inputs = ["--orders", at("orders.csv"), "--products", at("products.csv")];
    const parsed = parse(...inputs, "--out", `${folder}/${name}`);
    await expect(parsed).rejects.toMatchObject({
      code: "input_invalid",
      message: expect.stringContaining(message),
    });
  });

  it("if two outputs are the same file, existing or not", async () => {
    for (const [one, other] of [
      ["new.csv", "folder/../new.csv"],
      ["products.csv", "products.csv"],
    ]) {
      const outputs = ["--out", at(one!), "--daily", `${folder}/${other}`];
      await expect(parse("--orders", at("orders.csv"), ...outputs)).rejects.toThrow(
        /^--daily: .* is also what --out writes$/,
      );
    }
  });
});

describe("a command line", () => {
  it("may send two outputs to one device", async () => {
    const outputs = ["--out", "/dev/null", "--daily", "/dev/null"];
    const { out, daily } = await parse("--orders", at("orders.csv"), ...outputs);
    expect([out?.kind, daily?.kind]).toEqual(["straight", "straight"]);
  });

  it("uses the fallback of an absent flag", async () => {
    expect(await parse("--orders", at("orders.csv"))).toEqual({
      orders: at("orders.csv"),
      seed: 1,
      explore: false,
      products: undefined,
      "as-of": undefined,
      out: undefined,
      daily: undefined,
    });
  });
});
