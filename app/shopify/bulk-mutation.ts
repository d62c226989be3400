import { z } from "zod";
import { AppError } from "#app/process/errors.ts";
import { BulkStatus, fetchBulkLines, isBulkAtWork, waitForBulkResult } from "./bulk-read.ts";
import { requestGraphql, type AdminCalls } from "./graphql-request.ts";

export const STAGED_UPLOADS_CREATE_OPERATION = `#graphql
  mutation StagedUploadsCreate($input: [StagedUploadInput!]!) {
    stagedUploadsCreate(input: $input) {
      stagedTargets { url parameters { name value } }
      userErrors { field message }
    }
  }`;

export const RUN_BULK_MUTATION_OPERATION = `#graphql
  mutation RunBulkMutation($mutation: String!, $path: String!) {
    bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path) {
      bulkOperation { id }
      userErrors { field message code }
    }
  }`;

export const READ_RUNNING_BULK_MUTATIONS_OPERATION = `#graphql
  query ReadRunningBulkMutations {
    bulkOperations(first: 10, reverse: true, query: "operation_type:mutation") {
      nodes { id status }
    }
  }`;

export const BULK_OPERATION_CANCEL_OPERATION = `#graphql
  mutation BulkOperationCancel($id: ID!) {
    bulkOperationCancel(id: $id) {
      bulkOperation { status }
      userErrors { field message }
    }
  }`;

const Staged = z.object({
  stagedUploadsCreate: z.object({
    stagedTargets: z
      .array(
        z.object({
          url: z.string(),
          parameters: z.array(z.object({ name: z.string(), value: z.string() })),
        }),
      )
      .min(1),
  }),
});

const Started = z.object({
  bulkOperationRunMutation: z.object({ bulkOperation: z.object({ id: z.string() }) }),
});

const Running = z.object({
  bulkOperations: z.object({ nodes: z.array(z.object({ id: z.string(), status: BulkStatus })) }),
});

const ResultLine = z.object({ __lineNumber: z.number().int(), data: z.unknown().optional() });

/** The outcome of one line of variables. */
interface BulkMutationLine {
  /** Index of the line in the input, from 0. */
  readonly index: number;
  /** The mutation's answer with its `userErrors`; absent when the whole line failed. */
  readonly data: unknown;
}

/**
 * Runs one mutation once per line of variables, as a bulk operation. Only the few calls around it count towards the
 * shop's rate limit. Lines succeed or fail independently, in no guaranteed order.
 *
 * @returns the lines that Shopify answered; treat a line without an answer as unknown
 * @throws AppError shopify_user_error when Shopify refuses the mutation or five operations already run,
 *   shopify_unreachable (retryable) when the upload or the operation fails; some lines may have been applied by then
 */
export async function* runInBulk(
  admin: AdminCalls,
  mutation: string,
  lines: readonly Record<string, unknown>[],
): AsyncGenerator<BulkMutationLine> {
  const path = await upload(admin, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const started = await requestGraphql(admin, RUN_BULK_MUTATION_OPERATION, { mutation, path }, Started);
  const url = await waitForBulkResult(admin, started.bulkOperationRunMutation.bulkOperation.id);
  if (url === null) return;
  for await (const text of fetchBulkLines(url, admin.signal)) {
    const line = ResultLine.parse(JSON.parse(text));
    yield { index: line.__lineNumber, data: line.data };
  }
}

/**
 * Cancels our bulk mutations that still run, left over from a killed pass, and waits until they have ended.
 *
 * @throws AppError shopify_unreachable (retryable) when one does not end
 */
export async function cancelBulkMutations(admin: AdminCalls): Promise<void> {
  const listed = await requestGraphql(admin, READ_RUNNING_BULK_MUTATIONS_OPERATION, {}, Running);
  for (const { id, status } of listed.bulkOperations.nodes) {
    if (!isBulkAtWork(status)) continue;
    await requestGraphql(admin, BULK_OPERATION_CANCEL_OPERATION, { id }).catch((error: unknown) => {
      // It ended by itself first.
      if (!(error instanceof AppError && error.code === "shopify_user_error")) throw error;
    });
    await waitForBulkResult({ ...admin, acceptsCancelled: true }, id);
    admin.log.info("publish.bulk_cancelled", { operation: id });
  }
}

async function upload(admin: AdminCalls, jsonl: string): Promise<string> {
  const input = [
    {
      resource: "BULK_MUTATION_VARIABLES",
      filename: "variables.jsonl",
      mimeType: "text/jsonl",
      httpMethod: "POST",
    },
  ];
  const { stagedUploadsCreate } = await requestGraphql(
    admin,
    STAGED_UPLOADS_CREATE_OPERATION,
    { input },
    Staged,
  );
  const { url, parameters } = stagedUploadsCreate.stagedTargets[0]!;
  const form = new FormData();
  for (const { name, value } of parameters) form.append(name, value);
  // The storage service ignores fields that come after the file.
  form.append("file", new Blob([jsonl], { type: "text/jsonl" }), "variables.jsonl");
  const { signal } = admin;
  const answer = await fetch(url, { method: "POST", body: form, ...(signal ? { signal } : {}) }).catch(
    (cause: unknown) => {
      throw new AppError("shopify_unreachable", "The bulk upload was not taken", true, { cause });
    },
  );
  if (!answer.ok) {
    throw new AppError("shopify_unreachable", `The bulk upload answered HTTP ${answer.status}`, true);
  }
  const key = parameters.find(({ name }) => name === "key")?.value;
  if (key === undefined) throw new AppError("shopify_unreachable", "The bulk upload has no key", true);
  return key;
}
