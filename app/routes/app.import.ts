import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { ActionFunctionArgs } from "@remix-run/node";
import { deps } from "#app/deps.server.ts";
import { AppError } from "#app/errors.ts";
import { importOrderLog } from "#app/services/import-order-log.server.ts";
import { authenticate } from "#app/shopify.server.ts";

/** The merchant's order log as the raw body of a POST, CSV or gzip, streamed. */
export async function action({ request }: ActionFunctionArgs) {
  const { session } = await authenticate.admin(request);
  if (!request.body) return Response.json({ problem: "The request holds no file" }, { status: 400 });
  try {
    const body = Readable.fromWeb(request.body as ReadableStream<Uint8Array>);
    return Response.json(await importOrderLog(deps(), { shop: session.shop, body }));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "input_invalid") throw error;
    return Response.json({ problem: error.message }, { status: 422 });
  }
}
