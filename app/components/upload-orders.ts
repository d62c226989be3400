import { z } from "zod";

/** What `/app/import` answers to a file that it has read. */
const ImportAnswer = z.object({
  orders: z.number(),
  lines: z.number(),
  matchedLines: z.number(),
  coveredOrders: z.number(),
  rejectedCount: z.number(),
  rejected: z.array(z.object({ line: z.number(), reason: z.string() })),
});
const RefusedAnswer = z.object({ problem: z.string() });

export interface UploadAnswer {
  readonly ok: boolean;
  readonly message: string;
  /** Rows of the file that could not be used, the first few. */
  readonly details: readonly string[];
}

const SHOWN_ROWS = 5;

/**
 * Sends an order export and tells how much of it has left the browser; `fetch` cannot tell, so this is an
 * XMLHttpRequest, to which App Bridge adds no session token.
 *
 * @param onPercent 0 to 100 of the file sent; at 100 the server is reading it
 * @throws Error in plain words when the connection breaks
 */
export function uploadOrders(
  file: File,
  idToken: string,
  onPercent: (percent: number) => void,
): Promise<UploadAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/app/import");
    request.setRequestHeader("Authorization", `Bearer ${idToken}`);
    request.setRequestHeader("Content-Type", file.name.endsWith(".gz") ? "application/gzip" : "text/csv");
    request.upload.onprogress = ({ loaded, total }) =>
      onPercent(Math.floor((100 * loaded) / Math.max(1, total)));
    request.onerror = () => reject(new Error("The connection broke. Send the file again."));
    request.onload = () => resolve(toUploadAnswer(request.status, request.responseText));
    request.send(file);
  });
}

/** The server's answer in the merchant's words. A proxy's answer is no JSON of ours: then the status is all there is. */
export function toUploadAnswer(status: number, body: string): UploadAnswer {
  const json = parseJson(body);
  const read = ImportAnswer.safeParse(json);
  if (status === 200 && read.success) return describeImport(read.data);
  const refused = RefusedAnswer.safeParse(json);
  const message = refused.success
    ? refused.data.problem
    : `The server answered ${status}. Nothing was stored.`;
  return { ok: false, message, details: [] };
}

function describeImport(answer: z.infer<typeof ImportAnswer>): UploadAnswer {
  const { orders, lines, matchedLines, coveredOrders, rejectedCount, rejected } = answer;
  const sentences = [`Added ${count(orders, "order")} with ${count(lines, "line")}.`];
  if (lines > 0) {
    sentences.push(`${Math.round((100 * matchedLines) / lines)}% of the lines are products of your shop.`);
  }
  if (coveredOrders > 0) {
    sentences.push(`Left out ${count(coveredOrders, "order")} that Shopify tells itself.`);
  }
  if (rejectedCount > 0) sentences.push(`Could not use ${count(rejectedCount, "row")}.`);
  const details = rejected.slice(0, SHOWN_ROWS).map(({ line, reason }) => `Line ${line}: ${reason}`);
  return { ok: true, message: sentences.join(" "), details };
}

function count(value: number, noun: string): string {
  return `${value.toLocaleString("en")} ${noun}${value === 1 ? "" : "s"}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
