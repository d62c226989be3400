import type { ErrorRequestHandler, RequestHandler } from "express";

const YEAR_SECONDS = 31_536_000;

/** What every answer says unless it says otherwise itself: the embedded pages name who may frame them. */
const DEFAULTS: Readonly<Record<string, string>> = {
  "Strict-Transport-Security": `max-age=${YEAR_SECONDS}; includeSubDomains`,
  "X-Content-Type-Options": "nosniff",
  // An address of the embedded app carries a token of the admin, which nobody else may see.
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Content-Security-Policy": "frame-ancestors 'none'",
  "Cache-Control": "no-store",
};

/** Sets the headers above as the answer leaves, and refuses what holds a NUL, which no text of the database may. */
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

/** The last answer to a failure: Express' own would show its stack. That a browser has left is no error of ours. */
export function answerFailure(report: (error: unknown, path: string) => void): ErrorRequestHandler {
  return (error, { path, socket }, response, next) => {
    if (!socket.destroyed) report(error, path);
    if (response.headersSent) return next(error);
    response.sendStatus(500);
  };
}
