import { requestGraphql, type AdminCalls } from "./graphql-request.ts";

export const FLOW_TRIGGER_RECEIVE_OPERATION = `#graphql
  mutation FlowTriggerReceive($handle: String!, $payload: JSON!) {
    flowTriggerReceive(handle: $handle, payload: $payload) {
      userErrors { field message }
    }
  }`;

/** Starts the shop's workflows that use this trigger of the app, if any. */
export async function receiveFlowTrigger(
  admin: AdminCalls,
  trigger: { readonly handle: string; readonly payload: Readonly<Record<string, string | number>> },
): Promise<void> {
  await requestGraphql(admin, FLOW_TRIGGER_RECEIVE_OPERATION, trigger);
}
