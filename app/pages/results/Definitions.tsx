import { BlockStack, Button, Card, Collapsible, DescriptionList } from "@shopify/polaris";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const TERMS = ["groups", "period", "perVisitor", "incremental", "range", "redeemed", "closed"] as const;

/** What each figure of the results means, exactly. */
export function Definitions() {
  const { t } = useTranslation("results");
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
          {t("definitions.open")}
        </Button>
        <Collapsible open={isOpen} id="definitions">
          <DescriptionList
            items={TERMS.map((term) => ({
              term: t(`term.${term}`),
              description: t(`definition.${term}`),
            }))}
          />
        </Collapsible>
      </BlockStack>
    </Card>
  );
}
