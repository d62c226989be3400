import express, { Router, type Request, type Response as ExpressResponse } from "express";
import type { AccessTokens } from "#tests/standin/shop/access-tokens.ts";
import type { StandinContext } from "#tests/standin/shop/standin-context.ts";
import { ADMIN_API_VERSION } from "./admin-schema.ts";
import type { BulkOperations } from "./bulk-operations.ts";
import { executeAdmin, type AdminRequest } from "./execute-admin.ts";
import type { LeakyBucket } from "./leaky-bucket.ts";

interface AdminApiParts {
  readonly context: StandinContext;
  readonly tokens: AccessTokens;
  readonly bulk: BulkOperations;
  readonly bucket: LeakyBucket;
}

const INVALID_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)";

/** Token exchange, the Admin API over GraphQL, and the results of bulk operations. */
export function adminApiRouter({ context, tokens, bulk, bucket }: AdminApiParts): Router {
  const router = Router();
  const { state, extensions } = context;

  router.post(
    "/admin/oauth/access_token",
    express.json(),
    express.urlencoded({ extended: false }),
    (request, response) => {
      if (!isForShop(request, context)) return sendUnknownShop(response);
      const { status, body } = tokens.answer(request.body as Record<string, unknown>);
      if (status === 200) state.app.isInstalled = true;
      response.status(status).json(body);
    },
  );

  const answer = async (request: Request, response: ExpressResponse): Promise<void> => {
    if (!isForShop(request, context)) return sendUnknownShop(response);
    const scopes = tokens.scopesOf(request.get("x-shopify-access-token"));
    if (!scopes) return void response.status(401).json({ errors: INVALID_TOKEN });
    const { version } = request.params;
    if (version !== ADMIN_API_VERSION) {
      const errors = `The stand-in shop has version ${ADMIN_API_VERSION}, not ${version}.`;
      return void response.status(404).json({ errors });
    }
    const parts = { state, extensions, bulk, scopes, isBulk: false };
    const result = await executeAdmin(request.body as AdminRequest, parts, bucket);
    response.set("x-shopify-api-version", ADMIN_API_VERSION).json(result);
  };
  router.post(
    "/admin/api/:version/graphql.json",
    express.json({ limit: "5mb" }),
    (request, response, next) => {
      answer(request, response).catch(next);
    },
  );

  router.get("/bulk-results/:id.jsonl", (request, response) => {
    const operation = bulk.findByNumber(request.params.id);
    if (!operation || operation.jsonl === null) return void response.sendStatus(404);
    response.type("application/jsonl").send(operation.jsonl);
  });

  return router;
}

/** The preload that redirects the app's calls names the requested shop. */
function isForShop(request: Request, { state }: StandinContext): boolean {
  const shop = request.get("x-standin-shop");
  return shop === undefined || shop === state.domain;
}

function sendUnknownShop(response: ExpressResponse): void {
  response.status(404).json({ errors: "Not Found" });
}
