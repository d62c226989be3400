import { Button, InlineStack } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { useDownload } from "#app/ui/hooks/use-download.ts";

/** The way to take everything out that is kept of the shop. */
export function ExportCard() {
  const { t } = useTranslation("privacy");
  const { isLoading, download } = useDownload("/app/export", "shop-data.ndjson");
  return (
    <TitledCard title={t("export.title")} note={t("export.text")}>
      <InlineStack>
        <Button loading={isLoading} onClick={() => void download()}>
          {t("export.action")}
        </Button>
      </InlineStack>
    </TitledCard>
  );
}
