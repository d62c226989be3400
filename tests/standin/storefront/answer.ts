import type { NextFunction, Request, RequestHandler, Response } from "express";

/** A handler that may wait: Express 4 does not, so a failure would leave the shopper without an answer. */
export function answer(
  handler: (request: Request, response: Response, next: NextFunction) => Promise<void>,
): RequestHandler {
  return (request, response, next) => {
    handler(request, response, next).catch(next);
  };
}
