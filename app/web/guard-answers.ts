import type { ErrorRequestHandler, RequestHandler } from "express";

const YEAR_SECONDS = 31_536_000;

/** Default headers of every response. The embedded pages set their own frame ancestors. */
const DEFAULTS: Readonly<Record<string, string>> = {
  "Strict-Transport-Security": `max-age=${YEAR_SECONDS}; includeSubDomains`,
  "X-Content-Type-Options": "nosniff",
  // URLs of the embedded app carry an admin token, which must not leak.
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Content-Security-Policy": "frame-ancestors 'none'",
  "Cache-Control": "no-store",
};

/** Sets the default headers of a response, and refuses a URL with a NUL, which PostgreSQL does not store. */
export function guardAnswers(): RequestHandler {
  return ({ url }, response, next) => {
    const { writeHead } = response;
    response.writeHead = ((...args: Parameters<typeof writeHead>) => {
      for (const [name, value] of Object.entries(DEFAULTS)) {
        if (!response.hasHeader(name)) response.setHeader(name, value);
      }
      return writeHead.apply(response, args);
    }) as typeof writeHead;
    if (/%00|\0/.test(url)) return void response.status(400).end();
    next();
  };
}

/** The last error handler: that of Express would show the stack. Ignores a browser that has left. */
export function answerFailure(report: (error: unknown, path: string) => void): ErrorRequestHandler {
  return (error, { path, socket }, response, next) => {
    if (!socket.destroyed) report(error, path);
    if (response.headersSent) return next(error);
    response.sendStatus(500);
  };
}
