import { Text } from "@shopify/polaris";
import type { ReactNode } from "react";

/** A paragraph of secondary text. */
export function Subdued({ children }: { readonly children: ReactNode }) {
  return (
    <Text as="p" tone="subdued">
      {children}
    </Text>
  );
}
