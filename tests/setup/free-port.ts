import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ephemeral ports, which an outgoing connection could take before the caller does. */
const [LOWEST, HIGHEST] = [12_000, 32_000];

const drawn = new Set<number>();

/**
 * Returns a TCP port that was just free on all addresses of the machine. The port is random, so two processes rarely
 * get the same one. One process never gets a port twice.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (drawn.has(port)) continue;
    drawn.add(port);
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number) =>
  openAndClose(port).then(
    () => true,
    () => false,
  );

/**
 * @throws Error in one line when another process listens on the port
 */
export async function requireFreePort(port: number, flag: string): Promise<void> {
  try {
    await openAndClose(port);
  } catch (cause) {
    throw new Error(
      `Port ${port} is in use. Stop the process that uses it or choose another with ${flag} N.`,
      {
        cause,
      },
    );
  }
}

async function openAndClose(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, () => server.close(() => resolve()));
  });
}
