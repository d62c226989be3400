import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that systems give to connections going out, one of which would else take it before the caller. */
const [LOWEST, HIGHEST] = [12_000, 32_000];

const drawn = new Set<number>();

/**
 * A TCP port that was free at all of the machine's addresses a moment ago, drawn so that two processes which ask at once
 * hardly get the same; one process never does.
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
    throw new Error(`Port ${port} is in use. Stop what listens there or choose another with ${flag} N.`, {
      cause,
    });
  }
}

async function openAndClose(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, () => server.close(() => resolve()));
  });
}
