import { Banner, List } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { DecisionConflict } from "#app/ui/ConflictModal.tsx";

interface ConflictBannerProps {
  readonly bundles: readonly DecisionConflict[];
  readonly onDismiss: () => void;
}

/** Names the bundles that a decision on several left out, because they were decided since the page was drawn. */
export function ConflictBanner({ bundles, onDismiss }: ConflictBannerProps) {
  const { t } = useTranslation("common");
  if (bundles.length === 0) return null;
  return (
    <Banner tone="warning" title={t("conflict.left", { count: bundles.length })} onDismiss={onDismiss}>
      <List>
        {bundles.map(({ bundleId, title, text }) => (
          <List.Item key={bundleId}>{`${title}. ${text}`}</List.Item>
        ))}
      </List>
    </Banner>
  );
}
