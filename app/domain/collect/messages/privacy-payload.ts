import { z } from "zod";
import type { Result } from "#app/domain/result.ts";
import { NumericId, readPayload, toGid } from "./shopify-values.ts";

/** The customer of a data request or a redaction: by pseudonym and by order, never by name. */
export const CustomerSubject = z.object({
  requestId: z.string(),
  /** Keys for the id that Shopify gives, and for those under which an imported order log can name the customer. */
  customerKeys: z.array(z.string()),
  orderGids: z.array(z.string()),
});
export type CustomerSubject = z.infer<typeof CustomerSubject>;

const Request = z.object({
  // The address is read to find imported orders; only its hash is kept.
  customer: z.object({ id: NumericId.nullish(), email: z.string().nullish() }).nullish(),
  orders_requested: z.array(NumericId).nullish(),
  orders_to_redact: z.array(NumericId).nullish(),
  data_request: z.object({ id: NumericId }).nullish(),
});

/**
 * Step 1, collect: the payloads of `customers/data_request` and `customers/redact`.
 *
 * @param fallbackId id of the request if the payload has none
 * @returns reason "payload_unusable" with the first field that does not fit
 */
export function toCustomerSubject(
  payload: unknown,
  fallbackId: string,
  toCustomerKey: (id: string) => string,
): Result<CustomerSubject, "payload_unusable"> {
  return readPayload(Request, payload, (request) => ({
    requestId: request.data_request?.id ?? fallbackId,
    customerKeys: [
      ...(request.customer?.id
        ? [toGid("Customer", request.customer.id), toImportedId(request.customer.id)]
        : []),
      ...(request.customer?.email ? [toImportedId(request.customer.email)] : []),
    ].map(toCustomerKey),
    orderGids: [...(request.orders_requested ?? []), ...(request.orders_to_redact ?? [])].map((id) =>
      toGid("Order", id),
    ),
  }));
}

/**
 * The text to hash for a customer of an imported order log, which names customers by e-mail address or by an id of its
 * own, never by a gid.
 */
export function toImportedId(customer: string): string {
  return `import:${customer.trim().toLowerCase()}`;
}
