import { BlockStack, Button, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { RunState } from "./RunList.tsx";
import { Progress } from "./Progress.tsx";
import { TitledCard } from "./TitledCard.tsx";

const STEPS = ["prepare", "behaviour", "trends", "propose", "validate"];

interface RunProgressCardProps {
  readonly run: Pick<RunState, "id" | "step" | "progressPercent" | "message" | "remaining">;
  readonly onCancel: () => void;
  readonly isCancelling: boolean;
}

export function RunProgressCard({ run, onCancel, isCancelling }: RunProgressCardProps) {
  const { t } = useTranslation("run");
  const title = STEPS.includes(run.step) ? t(`step.${run.step}`) : t("step.other");
  return (
    <TitledCard
      title={title}
      beside={
        <Button onClick={onCancel} loading={isCancelling} size="slim">
          {t("stop")}
        </Button>
      }
    >
      <div role="status" aria-live="polite">
        <BlockStack gap="200">
          <Progress percent={run.progressPercent} labelledBy={`run-${run.id}`} />
          <Text as="p" tone="subdued" id={`run-${run.id}`}>
            {[`${run.progressPercent}%`, run.message, run.remaining].filter(Boolean).join(" · ")}
          </Text>
        </BlockStack>
      </div>
    </TitledCard>
  );
}
