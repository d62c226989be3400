import { z } from "zod";
import type { Result } from "#app/domain/result.ts";
import { readPayload } from "./read-payload.ts";
import { NumericId, toGid } from "./shopify-values.ts";

/** Whose data is asked for or to be forgotten: by pseudonym and by order, never by name. */
export const CustomerSubject = z.object({
  requestId: z.string(),
  customerKey: z.string().nullable(),
  orderGids: z.array(z.string()),
});
export type CustomerSubject = z.infer<typeof CustomerSubject>;

const Request = z.object({
  customer: z.object({ id: NumericId.nullish() }).nullish(),
  orders_requested: z.array(NumericId).nullish(),
  orders_to_redact: z.array(NumericId).nullish(),
  data_request: z.object({ id: NumericId }).nullish(),
});

/**
 * Step 1, collect: the payloads of `customers/data_request` and `customers/redact`.
 *
 * @param fallbackId names the request when the payload does not
 * @returns reason "payload_unusable" with the first field that does not fit
 */
export function toCustomerSubject(
  payload: unknown,
  fallbackId: string,
  toCustomerKey: (customerGid: string) => string,
): Result<CustomerSubject, "payload_unusable"> {
  return readPayload(Request, payload, (request) => ({
    requestId: request.data_request?.id ?? fallbackId,
    customerKey: request.customer?.id ? toCustomerKey(toGid("Customer", request.customer.id)) : null,
    orderGids: [...(request.orders_requested ?? []), ...(request.orders_to_redact ?? [])].map((id) =>
      toGid("Order", id),
    ),
  }));
}
