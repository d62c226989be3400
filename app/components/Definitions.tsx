import { BlockStack, Button, Card, Collapsible, DescriptionList } from "@shopify/polaris";
import { useState } from "react";

const DEFINITIONS = [
  {
    term: "Visitors who saw offers, and who saw none",
    description:
      "Every browser draws once, by chance, and keeps what it drew. A small share is never shown an offer. Both groups are counted whole, whether or not they came near a bundle, so that nothing but the offers tells them apart.",
  },
  {
    term: "Extra revenue per visitor",
    description:
      "Revenue per visitor of those who could see offers, minus revenue per visitor of those who could not. After discounts and refunds, before tax and shipping.",
  },
  {
    term: "Extra revenue in all",
    description: "The extra revenue per visitor, times the visitors who could see offers.",
  },
  {
    term: "Orders and revenue of a bundle",
    description:
      "Orders that redeemed this bundle's discount, and what was paid for its products alone. The rest of those orders is not counted as earned.",
  },
  {
    term: "The range",
    description:
      "Nine times out of ten the true value lies in it. It is made so that you may look every day: looking often does not make it wrong.",
  },
] as const;

/** What each figure of the results means, exactly. */
export function Definitions() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Card>
      <BlockStack gap="300" inlineAlign="start">
        <Button
          variant="plain"
          disclosure={isOpen ? "up" : "down"}
          ariaExpanded={isOpen}
          ariaControls="definitions"
          onClick={() => setOpen(!isOpen)}
        >
          What these figures mean
        </Button>
        <Collapsible open={isOpen} id="definitions">
          <DescriptionList items={[...DEFINITIONS]} />
        </Collapsible>
      </BlockStack>
    </Card>
  );
}
