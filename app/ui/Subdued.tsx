import { Text } from "@shopify/polaris";
import type { ReactNode } from "react";

/** A paragraph in a lower voice: what explains, and may be passed over. */
export function Subdued({ children }: { readonly children: ReactNode }) {
  return (
    <Text as="p" tone="subdued">
      {children}
    </Text>
  );
}
