import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import type { RequestHandler } from "express";

const CONTENT_TYPE: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};
const ENDING = { br: ".br", gzip: ".gz" } as const;

/**
 * Serves scripts and styles from the Brotli or gzip files of the build (`vite.config.ts`). Passes any other request to
 * the next handler.
 *
 * @param folder assets of the build, listed once; their names carry a content hash
 * @param cacheControl header of each response
 */
export function compressedAssets(folder: string, cacheControl: string): RequestHandler {
  // Opens only listed names, so a path cannot leave the folder.
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
