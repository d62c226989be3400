import { joinSentences } from "#app/locales/join-sentences.ts";
import type { Translate } from "#app/locales/translate.ts";
import type { ImportView } from "#app/services/collect/follow-order-import.server.ts";

/** The answer of `/app/import` for a processed file. */
type ImportAnswer = Extract<ImportView, { state: "done" }>["answer"];
/**
 * The answer at any status; that of a proxy has none of these fields. No schema, because zod is a fifth of a page's
 * script.
 */
type Answer = Partial<ImportAnswer & { readonly percent: number; readonly problem: string }> | null;

const ADDRESS = "/app/import";
/** A file is processed within seconds. */
const POLL_MS = 1_000;
/** The worker keeps processing while the web process is down, for example during a deployment. */
const MOST_MISSED = 60;

/** The reader's texts of the home page and number format. */
interface Reader {
  readonly t: Translate;
  readonly locale: string;
}

export interface UploadAnswer {
  readonly ok: boolean;
  readonly message: string;
  /** The first rows that could not be used. */
  readonly details: readonly string[];
}

const SHOWN_ROWS = 5;

interface ReadProgress {
  /** Called with 0 to 100 as the file is processed. */
  readonly onRead: (percent: number) => void;
}

/**
 * Follows an import that is still in progress, for example after a return to the page.
 *
 * @returns null if there is none
 */
export async function followUpload(progress: ReadProgress, reader: Reader): Promise<UploadAnswer | null> {
  // The merchant has not asked for anything yet, so a failure is silent.
  const asked = await askUpload().catch(() => null);
  return asked?.status === 202 ? follow(asked, progress, reader) : null;
}

/**
 * Uploads an order export, then polls its processing. Uses XMLHttpRequest, because `fetch` reports no upload progress.
 * App Bridge adds no session token to it.
 *
 * @param onSent percent sent, 0 to 100
 * @param onRead percent processed, 0 to 100
 * @throws Error with a message for the merchant if the connection breaks
 */
export async function uploadOrders(
  file: File,
  getIdToken: () => Promise<string>,
  { onSent, onRead }: { onSent: (percent: number) => void; onRead: (percent: number) => void },
  reader: Reader,
): Promise<UploadAnswer> {
  const packed = await packOrders(file);
  // A token is valid for a minute, and compressing a large file takes that long.
  return follow(await sendFile(packed, await getIdToken(), onSent, reader), { onRead }, reader);
}

interface Asked {
  readonly status: number;
  readonly text: string;
}

async function follow(first: Asked, { onRead }: ReadProgress, reader: Reader): Promise<UploadAnswer> {
  let answer = first;
  let missed = 0;
  while (answer.status === 202) {
    onRead(parseAnswer(answer.text)?.percent ?? 0);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const asked = await askUpload().catch(() => null);
    if (asked && asked.status < 500 && asked.status !== 429) [answer, missed] = [asked, 0];
    else if (++missed > MOST_MISSED)
      return { ok: false, message: reader.t("home:upload.unknown"), details: [] };
  }
  return toUploadAnswer(answer.status, answer.text, reader);
}

async function askUpload(): Promise<Asked> {
  const asked = await fetch(ADDRESS);
  return { status: asked.status, text: await asked.text() };
}

/**
 * Cancels the current import; nothing of it is stored.
 *
 * @returns whether the app answered
 */
export async function cancelUpload(): Promise<boolean> {
  const answer = await fetch(ADDRESS, { method: "DELETE" }).catch(() => null);
  return answer?.ok ?? false;
}

/** Compresses the file with gzip to about an eighth. The app accepts 64 MiB. */
export async function packOrders(file: File): Promise<Blob> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (first === 0x1f && second === 0x8b) return file;
  return new Response(file.stream().pipeThrough(new CompressionStream("gzip"))).blob();
}

function sendFile(
  packed: Blob,
  idToken: string,
  onSent: (percent: number) => void,
  { t }: Reader,
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", ADDRESS);
    request.setRequestHeader("Authorization", `Bearer ${idToken}`);
    request.setRequestHeader("Content-Type", "application/gzip");
    request.upload.onprogress = ({ loaded, total }) =>
      onSent(Math.floor((100 * loaded) / Math.max(1, total)));
    request.onerror = () => reject(new Error(t("home:upload.broken")));
    request.onload = () => resolve({ status: request.status, text: request.responseText });
    request.send(packed);
  });
}

/** The server's answer in the merchant's language. A proxy's answer is not our JSON, so only its status is known. */
export function toUploadAnswer(status: number, body: string, reader: Reader): UploadAnswer {
  const answer = parseAnswer(body);
  if (status === 200 && answer?.rejected) return describeImport(answer as ImportAnswer, reader);
  const message = answer?.problem ?? reader.t("home:upload.status", { status });
  return { ok: false, message, details: [] };
}

function describeImport(answer: ImportAnswer, { t, locale }: Reader): UploadAnswer {
  const { orders, lines, matchedLines, coveredOrders, longOrders, rejectedCount, rejected } = answer;
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const sentences = [
    t("home:upload.added", {
      count: orders,
      orders: number.format(orders),
      lines: t("home:upload.lines", { count: lines, number: number.format(lines) }),
    }),
    ...(lines > 0 ? [t("home:upload.matched", { share: percent.format(matchedLines / lines) })] : []),
    ...(coveredOrders > 0
      ? [t("home:upload.covered", { count: coveredOrders, orders: number.format(coveredOrders) })]
      : []),
    ...(longOrders > 0
      ? [t("home:upload.tooLong", { count: longOrders, orders: number.format(longOrders) })]
      : []),
    ...(rejectedCount > 0
      ? [t("home:upload.rejected", { count: rejectedCount, rows: number.format(rejectedCount) })]
      : []),
  ];
  const details = rejected
    .slice(0, SHOWN_ROWS)
    .map(({ line, reason }) => t("home:upload.line", { line: number.format(line), reason }));
  return { ok: true, message: joinSentences(sentences, t), details };
}

function parseAnswer(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return null;
  }
}
