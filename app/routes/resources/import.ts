import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { cancelOrderImport, followOrderImport } from "#app/services/collect/follow-order-import.server.ts";
import { receiveOrderImport } from "#app/services/collect/receive-order-import.server.ts";
import { openPageAction } from "#app/web/page-request.server.ts";

const REFUSED = { busy: 409, too_large: 413, cancelled: 409 } as const;

/** State of the last order file: 202 while it is processed, then the result. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, refusal, words } = await openPageAction(request, "export");
  if (refusal !== null) return Response.json({ problem: refusal }, { status: 403 });
  const view = await followOrderImport(deps, { shop, words });
  if (view.state === "none") return Response.json(null);
  if (view.state === "at_work") return Response.json({ percent: view.percent }, { status: 202 });
  if (view.state === "failed") return Response.json({ problem: view.problem }, { status: 422 });
  return Response.json(view.answer);
}

/** Receives an order log as the raw body of a POST, CSV or gzip, streamed. DELETE cancels the current import. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, refusal, words, record } = await openPageAction(request, "export", { holdsFile: true });
  if (refusal !== null) return Response.json({ problem: refusal }, { status: 403 });
  if (request.method === "DELETE") {
    await cancelOrderImport(deps, { shop });
    return new Response(null, { status: 204 });
  }
  if (!request.body) return Response.json({ problem: "The request holds no file" }, { status: 400 });
  const body = Readable.fromWeb(request.body as ReadableStream<Uint8Array>);
  const received = await receiveOrderImport(deps, { shop, body, now: () => new Date() });
  if (!received.ok) {
    const problem = words.t(`server:import.${received.reason}`);
    return Response.json({ problem }, { status: REFUSED[received.reason] });
  }
  await record({ action: "orders-import" });
  return Response.json({ percent: 0 }, { status: 202 });
}
