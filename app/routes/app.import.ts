import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { ActionFunctionArgs } from "@remix-run/node";
import { deps } from "#app/services/deps.server.ts";
import { AppError } from "#app/process/errors.ts";
import { importOrderLog, writeRejected } from "#app/services/collect/import-order-log.server.ts";
import { openPageAction } from "#app/web/page-request.server.ts";

/** The merchant's order log as the raw body of a POST, CSV or gzip, streamed. */
export async function action({ request }: ActionFunctionArgs) {
  const { shop, refusal, words, record } = await openPageAction(request, "export");
  if (refusal !== null) return Response.json({ problem: refusal }, { status: 403 });
  if (!request.body) return Response.json({ problem: "The request holds no file" }, { status: 400 });
  try {
    const body = Readable.fromWeb(request.body as ReadableStream<Uint8Array>);
    const answer = await importOrderLog(deps(), { shop, body });
    await record({ action: "orders-import", at: new Date() });
    return Response.json({ ...answer, rejected: writeRejected(answer, words) });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "input_invalid") throw error;
    return Response.json({ problem: error.message }, { status: 422 });
  }
}
