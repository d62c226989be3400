import { requestGraphql, type AdminGraphql, type CallOptions } from "./graphql-request.ts";

export const FLOW_TRIGGER_RECEIVE_OPERATION = `#graphql
  mutation FlowTriggerReceive($handle: String!, $payload: JSON!) {
    flowTriggerReceive(handle: $handle, payload: $payload) {
      userErrors { field message }
    }
  }`;

/** Starts the shop's workflows that begin with a trigger of this app. Where there is none, nothing happens. */
export async function receiveFlowTrigger(
  graphql: AdminGraphql,
  trigger: { readonly handle: string; readonly payload: Readonly<Record<string, string | number>> },
  options: CallOptions,
): Promise<void> {
  await requestGraphql(graphql, FLOW_TRIGGER_RECEIVE_OPERATION, trigger, options);
}
