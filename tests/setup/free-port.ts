import { createServer } from "node:net";

/** A loopback TCP port that was free a moment ago. Another process may take it before the caller does. */
export async function findFreePort(): Promise<number> {
  return await openAndClose(0);
}

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

async function openAndClose(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        reject(new Error("a TCP server without a port"));
        return;
      }
      server.close(() => resolve(address.port));
    });
  });
}
