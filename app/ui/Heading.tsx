import { Text } from "@shopify/polaris";
import type { ReactNode } from "react";

/** A card's title, or one below it. */
export function Heading({
  as = "h2",
  children,
}: {
  readonly as?: "h2" | "h3";
  readonly children: ReactNode;
}) {
  return (
    <Text as={as} variant={as === "h2" ? "headingMd" : "headingSm"}>
      {children}
    </Text>
  );
}
