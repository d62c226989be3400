import { BlockStack, Button, Collapsible } from "@shopify/polaris";
import { useState, type ReactNode } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";

/** What few ask for, behind a button. */
export function DetailsSection({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation("results");
  const [isOpen, setOpen] = useState(false);
  return (
    <BlockStack gap="400">
      <div style={{ textAlign: "center" }}>
        <Button
          disclosure={isOpen ? "up" : "down"}
          ariaExpanded={isOpen}
          ariaControls="details"
          onClick={() => setOpen(!isOpen)}
        >
          {t("details")}
        </Button>
      </div>
      <Collapsible open={isOpen} id="details">
        <BlockStack gap="400">{children}</BlockStack>
      </Collapsible>
    </BlockStack>
  );
}
