import { Banner, List } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import type { DecidedMeanwhile } from "#app/ui/MeanwhileModal.tsx";

interface MeanwhileBannerProps {
  readonly bundles: readonly DecidedMeanwhile[];
  readonly onDismiss: () => void;
}

/** Names the bundles that a decision on several left out, because they were decided meanwhile. */
export function MeanwhileBanner({ bundles, onDismiss }: MeanwhileBannerProps) {
  const { t } = useTranslation("common");
  if (bundles.length === 0) return null;
  return (
    <Banner tone="warning" title={t("meanwhile.left", { count: bundles.length })} onDismiss={onDismiss}>
      <List>
        {bundles.map(({ bundleId, title, text }) => (
          <List.Item key={bundleId}>{`${title}. ${text}`}</List.Item>
        ))}
      </List>
    </Banner>
  );
}
