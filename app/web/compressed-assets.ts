import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import type { RequestHandler } from "express";

const CONTENT_TYPE: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};
const ENDING = { br: ".br", gzip: ".gz" } as const;

/**
 * Answers requests for scripts and styles of the build with the Brotli or gzip that the build made of them
 * (`vite.config.ts`). What it does not know it leaves to the next handler, uncompressed.
 *
 * @param folder the build's assets, whose names carry a hash of their content: read once, kept for good
 * @param cacheControl sent with each
 */
export function compressedAssets(folder: string, cacheControl: string): RequestHandler {
  // Only names listed here are ever opened, so no address can lead out of the folder.
  const names = new Set(readdirSync(folder));
  return (request, response, next) => {
    const name = request.path.slice(1);
    const contentType = CONTENT_TYPE[extname(name)];
    if (contentType === undefined || !names.has(name)) return next();
    response.vary("Accept-Encoding");
    const encoding = request.acceptsEncodings(["br", "gzip", "identity"]);
    if (encoding !== "br" && encoding !== "gzip") return next();
    const compressed = `${name}${ENDING[encoding]}`;
    if (!names.has(compressed)) return next();
    response.set({
      "Cache-Control": cacheControl,
      "Content-Encoding": encoding,
      "Content-Type": contentType,
    });
    response.sendFile(join(folder, compressed), { cacheControl: false }, (error) => error && next(error));
  };
}
