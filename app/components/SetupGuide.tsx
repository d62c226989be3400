import { Badge, BlockStack, Box, Button, Card, Icon, InlineStack, ProgressBar, Text } from "@shopify/polaris";
import { CheckCircleIcon } from "@shopify/polaris-icons";
import { useTranslation } from "react-i18next";

export interface SetupStep {
  readonly title: string;
  readonly text: string;
  readonly isDone: boolean;
  readonly action?: { readonly label: string; readonly url: string; readonly isExternal?: boolean };
}

/** The way from installation to the first live bundle; each step ticks itself from what the shop holds. */
export function SetupGuide({ steps }: { readonly steps: readonly SetupStep[] }) {
  const { t } = useTranslation("home");
  const doneCount = steps.filter(({ isDone }) => isDone).length;
  const next = steps.findIndex(({ isDone }) => !isDone);
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            {t("setup.title")}
          </Text>
          <Badge tone={doneCount === steps.length ? "success" : "info"}>
            {t("setup.progress", { done: doneCount, steps: steps.length })}
          </Badge>
        </InlineStack>
        <ProgressBar progress={(100 * doneCount) / steps.length} size="small" tone="success" />
        <BlockStack as="ol" gap="300">
          {steps.map((step, index) => (
            <Step key={step.title} step={step} isNext={index === next} />
          ))}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}

/** Polaris has no icon for what is still to be done. */
function OpenCircle() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <circle
        cx="10"
        cy="10"
        r="6.25"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeDasharray="2.6 2.3"
      />
    </svg>
  );
}

function Step({ step, isNext }: { step: SetupStep; isNext: boolean }) {
  const { t } = useTranslation("home");
  const { title, text, isDone, action } = step;
  return (
    <Box
      as="li"
      padding="200"
      borderRadius="200"
      {...(isNext ? { background: "bg-surface-secondary" as const } : {})}
    >
      <InlineStack gap="300" blockAlign="start" wrap={false}>
        <Box>
          <Icon
            source={isDone ? CheckCircleIcon : OpenCircle}
            tone={isDone ? "success" : "subdued"}
            accessibilityLabel={isDone ? t("setup.done") : t("setup.toDo")}
          />
        </Box>
        <BlockStack gap="200" inlineAlign="start">
          <Text as="h3" variant="bodyMd" fontWeight={isNext ? "semibold" : "regular"}>
            {title}
          </Text>
          {isDone ? null : (
            <Text as="p" tone="subdued">
              {text}
            </Text>
          )}
          {action && !isDone ? (
            <Button
              url={action.url}
              {...(action.isExternal ? { target: "_top" as const } : {})}
              variant={isNext ? "primary" : "secondary"}
            >
              {action.label}
            </Button>
          ) : null}
        </BlockStack>
      </InlineStack>
    </Box>
  );
}
