import { Badge, Banner, BlockStack, Button, DropZone, InlineStack, List, Text } from "@shopify/polaris";
import { useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { OfferImport } from "#app/services/validate/import-offers.server.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";

/** The server's limit. */
const MOST_BYTES = 1_000_000;
/** The first offers are enough to recognise a file. */
const MOST_SHOWN = 50;

interface ImportCardProps {
  /** The response to the last file; null before the first. */
  readonly read: (OfferImport & { readonly isKept: boolean }) | null;
  readonly isBusy: boolean;
  readonly onSend: (csv: string, intent: "preview" | "keep") => void;
}

/** Uploads a file of offers, previews it, and saves it after a confirmation. */
export function ImportCard({ read, isBusy, onSend }: ImportCardProps) {
  const { t } = useTranslation("file");
  const [csv, setCsv] = useState("");
  const [unsent, setUnsent] = useState<"tooLarge" | "noText" | null>(null);
  const preview = async (file: File | undefined) => {
    if (!file) return;
    const text = file.size > MOST_BYTES ? null : await file.text();
    // A spreadsheet format, or UTF-16.
    const isText = text !== null && !/[\0\uFFFD]/.test(text);
    setUnsent(text === null ? "tooLarge" : isText ? null : "noText");
    if (!isText) return;
    setCsv(text);
    onSend(text, "preview");
  };
  return (
    <TitledCard title={t("import.title")}>
      <Text as="p">{t("import.text")}</Text>
      <DropZone
        label={t("import.label")}
        allowMultiple={false}
        disabled={isBusy}
        onDrop={(_files, accepted, rejected) => void preview(accepted[0] ?? rejected[0])}
        variableHeight
      >
        <DropZone.FileUpload actionTitle={t("import.action")} actionHint={t("import.hint")} />
      </DropZone>
      <div role="status" aria-live="polite">
        {unsent ? <Banner tone="critical" title={t(unsent)} /> : null}
        {read && !isBusy && !unsent ? (
          <Banner tone={!read.ok ? "critical" : read.isKept ? "success" : "info"} title={read.message}>
            <BlockStack gap="300">
              <List>
                {read.problems.map((problem) => (
                  <List.Item key={problem}>{problem}</List.Item>
                ))}
                {read.offers.slice(0, MOST_SHOWN).map(({ line, kind, title }) => (
                  <List.Item key={line}>
                    {title} <Badge>{t(`offer:kind.${kind}`)}</Badge>
                  </List.Item>
                ))}
              </List>
              {read.offers.length > 0 && !read.isKept ? (
                <InlineStack>
                  <Button variant="primary" onClick={() => onSend(csv, "keep")}>
                    {t("import.keep", { count: read.offers.length })}
                  </Button>
                </InlineStack>
              ) : null}
            </BlockStack>
          </Banner>
        ) : null}
      </div>
    </TitledCard>
  );
}
