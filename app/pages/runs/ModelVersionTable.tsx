import { Badge, Button, Card, Link, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { toBackendName } from "#app/ui/backend-name.ts";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { ModelsPage } from "./read-models-page.server.ts";

interface ModelVersionTableProps {
  readonly versions: ModelsPage["versions"];
  readonly isBusy: boolean;
  readonly onUse: (modelId: string) => void;
}

/** Every model version with its score on later orders, and a button to use it. */
export function ModelVersionTable({ versions, isBusy, onUse }: ModelVersionTableProps) {
  const { t } = useTranslation(["models", "run"]);
  if (versions.length === 0) {
    return <TitledCard title={t("none.title")} note={t("none.text")} gap="200" />;
  }
  return (
    <Card padding="0">
      <FiguresTable
        label={t("title")}
        textColumns={[0, 1, 2, 3, 6]}
        // The button comes first, because the right edge can be cut off.
        headings={["version", "use", "learned", "method", "score", "baseline", "backend"].map((column) =>
          t(`column.${column}`),
        )}
        rows={versions.map((version) => [
          <Link key="version" url={`/app/runs/${version.runId}`}>
            {String(version.version)}
          </Link>,
          <UseCell key="use" version={version} isBusy={isBusy} onUse={onUse} />,
          version.learnedFrom && version.learnedTo
            ? t("common:range", { low: version.learnedFrom, high: version.learnedTo })
            : version.trainedAt,
          version.method ?? "",
          version.score ?? "",
          version.baseline ?? "",
          version.backend ? toBackendName(version.backend, t) : "",
        ])}
      />
    </Card>
  );
}

function UseCell({
  version: { modelId, version, isInUse, isUsable },
  isBusy,
  onUse,
}: {
  version: ModelsPage["versions"][number];
  isBusy: boolean;
  onUse: (modelId: string) => void;
}) {
  const { t } = useTranslation("models");
  if (isInUse) return <Badge tone="success">{t("inUse")}</Badge>;
  if (!isUsable) return <Text as="span">{t("notKept")}</Text>;
  return (
    <Button
      size="slim"
      disabled={isBusy}
      accessibilityLabel={t("useThis", { version })}
      onClick={() => onUse(modelId)}
    >
      {t("use")}
    </Button>
  );
}
