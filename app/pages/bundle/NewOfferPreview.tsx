import { BlockStack } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { EvidenceCard } from "./EvidenceCard.tsx";
import { MarginCard } from "./MarginCard.tsx";
import { OfferPreview } from "./OfferPreview.tsx";
import { toUnits, type TermsDraft } from "./terms/terms-draft.ts";
import type { OfferFigures } from "./read-offer-figures.server.ts";

interface NewOfferPreviewProps {
  readonly draft: TermsDraft;
  readonly title: string;
  readonly figures: OfferFigures | null;
  /** Whether the figures could not be loaded. */
  readonly hasFailed: boolean;
}

/** Preview and figures of a new offer, loaded lazily once it has products. */
export default function NewOfferPreview({ draft, title, figures, hasFailed }: NewOfferPreviewProps) {
  const { t } = useTranslation("offer");
  return (
    <BlockStack gap="400">
      <OfferPreview
        kind={draft.offer.kind}
        title={title}
        components={draft.components.map((component) => ({
          ...component,
          quantity: toUnits(component.quantity),
        }))}
        prices={figures?.steps ?? []}
      />
      {hasFailed ? <Subdued>{t("figuresFailed")}</Subdued> : null}
      {figures ? <EvidenceCard title={t("orders")} evidence={[figures.evidence, ...figures.more]} /> : null}
      {figures && figures.margins.length > 0 ? <MarginCard rows={figures.margins} /> : null}
    </BlockStack>
  );
}
