import { createServer } from "node:net";

/** A loopback TCP port that was free a moment ago. Another process may take it before the caller does. */
export async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        reject(new Error("a TCP server without a port"));
        return;
      }
      server.close(() => resolve(address.port));
    });
  });
}
