import { PassThrough } from "node:stream";
import { createReadableStreamFromReadable, type EntryContext } from "@remix-run/node";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { TranslatorProvider } from "#app/locales/use-translation.ts";
import { renderToPipeableStream } from "react-dom/server";
import { pickLocale } from "#app/locales/translate.ts";
import { findTranslator } from "#app/locales/translator.server.ts";
import { deps } from "#app/services/deps.server.ts";
import { addDocumentResponseHeaders } from "#app/web/shopify.server.ts";

/** A slower page is aborted, so that the merchant sees an error instead of an endless spinner. */
const RENDER_TIMEOUT_MS = 6_000;

/** Renders a document: streamed for people, complete for crawlers. */
export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
): Promise<Response> {
  // Sets the content security policy that allows only this shop's admin to frame the app.
  addDocumentResponseHeaders(request, headers);
  const { locale } = (remixContext.staticHandlerContext.loaderData["routes/admin/layout"] ?? {}) as {
    locale?: string;
  };
  const translator = findTranslator(pickLocale(locale));
  const waitsForAll = isbot(request.headers.get("user-agent") ?? "");

  return new Promise((resolve, reject) => {
    let failedStatus = status;
    const answer = () => {
      const body = new PassThrough();
      headers.set("Content-Type", "text/html; charset=utf-8");
      resolve(
        new Response(createReadableStreamFromReadable(body), {
          headers,
          status: failedStatus,
        }),
      );
      pipe(body);
    };
    const { pipe, abort } = renderToPipeableStream(
      <TranslatorProvider value={translator}>
        <RemixServer context={remixContext} url={request.url} />
      </TranslatorProvider>,
      {
        onShellReady: () => (waitsForAll ? undefined : answer()),
        onAllReady: () => (waitsForAll ? answer() : undefined),
        onShellError: reject,
        onError(error) {
          failedStatus = 500;
          deps().log.error("web.render_failed", { error });
        },
      },
    );
    setTimeout(abort, RENDER_TIMEOUT_MS).unref();
  });
}

/** Logs the error of a loader or action, except a missing page or a browser that has left. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  if (request.signal.aborted || isRouteErrorResponse(error)) return;
  deps().log.error("web.request_failed", { error, path: new URL(request.url).pathname });
}
