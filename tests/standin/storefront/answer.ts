import type { NextFunction, Request, RequestHandler, Response } from "express";

/** Wraps an async handler. Express 4 does not await it, so a failure would leave the shopper without an answer. */
export function answer(
  handler: (request: Request, response: Response, next: NextFunction) => Promise<void>,
): RequestHandler {
  return (request, response, next) => {
    handler(request, response, next).catch(next);
  };
}
