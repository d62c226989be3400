import { z } from "zod";
import type { Result } from "#app/domain/result.ts";
import { NumericId, readPayload, toGid } from "./shopify-values.ts";

/** Whose data is asked for or to be forgotten: by pseudonym and by order, never by name. */
export const CustomerSubject = z.object({
  requestId: z.string(),
  /** One for the id that Shopify gives, and those under which an imported order log may have named the customer. */
  customerKeys: z.array(z.string()),
  orderGids: z.array(z.string()),
});
export type CustomerSubject = z.infer<typeof CustomerSubject>;

const Request = z.object({
  // The address is read to find imported orders and goes no further than the key's hash.
  customer: z.object({ id: NumericId.nullish(), email: z.string().nullish() }).nullish(),
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
 * What is hashed for a customer of an imported order log: it names them by e-mail address or by an id of its own,
 * never by a gid.
 */
export function toImportedId(customer: string): string {
  return `import:${customer.trim().toLowerCase()}`;
}
