import { Button } from "@shopify/polaris";
import { useId, useState, type ReactNode } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { FactRows, type Fact } from "#app/ui/FactRows.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";

interface TermsCardProps {
  readonly facts: readonly Fact[];
  /** Whether there are unsaved changes; the form then stays open. */
  readonly isDirty: boolean;
  /** Rendered on demand, because the fields are heavier than the rest of the page. */
  readonly form: () => ReactNode;
}

/** The terms in brief, with a form to change them. */
export function TermsCard({ facts, isDirty, form }: TermsCardProps) {
  const { t } = useTranslation("bundle");
  const formId = useId();
  const [isAsked, setAsked] = useState(false);
  const isOpen = isAsked || isDirty;
  return (
    <TitledCard
      title={t("terms.title")}
      beside={
        <Button
          disclosure={isOpen ? "up" : "down"}
          ariaExpanded={isOpen}
          ariaControls={formId}
          disabled={isDirty}
          onClick={() => setAsked(!isOpen)}
        >
          {t("terms.edit")}
        </Button>
      }
      gap="200"
    >
      <FactRows facts={facts} />
      <div id={formId}>{isOpen ? form() : null}</div>
    </TitledCard>
  );
}
