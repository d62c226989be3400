import { Badge, BlockStack, Box, Button, Card, Collapsible, Icon, InlineStack, Text } from "@shopify/polaris";
import { CheckCircleIcon, XSmallIcon } from "@shopify/polaris-icons";
import { useId, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Progress } from "#app/ui/Progress.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";

type StepAction =
  | { readonly label: string; readonly url: string; readonly isExternal?: boolean }
  | { readonly label: string; readonly onAction: () => void };

export interface SetupStep {
  readonly title: string;
  readonly text: string;
  readonly isDone: boolean;
  readonly action?: StepAction;
}

interface SetupGuideProps {
  readonly steps: readonly SetupStep[];
  readonly onHide: () => void;
}

/** The steps from installation to the first live bundle. Each is checked off by the shop's own state. */
export function SetupGuide({ steps, onHide }: SetupGuideProps) {
  const { t } = useTranslation("home");
  const doneCount = steps.filter(({ isDone }) => isDone).length;
  const next = steps.findIndex(({ isDone }) => !isDone);
  const [opened, setOpened] = useState<number | null>(null);
  const open = opened ?? next;
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="200" wrap={false}>
          <Text as="h2" variant="headingMd">
            {t("setup.title")}
          </Text>
          <InlineStack gap="100" blockAlign="center" wrap={false}>
            <Badge tone={doneCount === steps.length ? "success" : "info"}>
              {t("setup.progress", { done: doneCount, steps: steps.length })}
            </Badge>
            <Button
              icon={XSmallIcon}
              variant="tertiary"
              accessibilityLabel={t("setup.hide")}
              onClick={onHide}
            />
          </InlineStack>
        </InlineStack>
        <Progress percent={Math.round((100 * doneCount) / steps.length)} isGood />
        <BlockStack as="ol" gap="050">
          {steps.map((step, index) => (
            <Step
              key={step.title}
              step={step}
              isNext={index === next}
              isOpen={index === open}
              onOpen={() => setOpened(index)}
            />
          ))}
        </BlockStack>
        <Box>
          <Button variant="plain" url="/app/tour">
            {t("setup.tour")}
          </Button>
        </Box>
      </BlockStack>
    </Card>
  );
}

/** Polaris has no icon for an open step. */
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

interface StepProps {
  readonly step: SetupStep;
  readonly isNext: boolean;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

/** A step; its text shows when it is next, or on demand. */
function Step({ step, isNext, isOpen, onOpen }: StepProps) {
  const { t } = useTranslation("home");
  const textId = useId();
  const { title, text, isDone, action } = step;
  return (
    <Box
      as="li"
      padding="200"
      borderRadius="200"
      {...(isOpen ? { background: "bg-surface-secondary" as const } : {})}
    >
      <InlineStack gap="300" blockAlign="start" wrap={false}>
        <Box>
          <Icon
            source={isDone ? CheckCircleIcon : OpenCircle}
            tone={isDone ? "success" : "subdued"}
            accessibilityLabel={isDone ? t("setup.done") : t("setup.toDo")}
          />
        </Box>
        <Box width="100%">
          <Text as="h3" variant="bodyMd" fontWeight={isNext ? "semibold" : "regular"}>
            {isOpen ? (
              title
            ) : (
              <Button
                variant="monochromePlain"
                textAlign="left"
                fullWidth
                ariaExpanded={false}
                ariaControls={textId}
                onClick={onOpen}
              >
                {title}
              </Button>
            )}
          </Text>
          <Collapsible open={isOpen} id={textId} transition={false}>
            <Box paddingBlockStart="100">
              <BlockStack gap="200" inlineAlign="start">
                <Subdued>{text}</Subdued>
                {action && !isDone ? (
                  <Button variant={isNext ? "primary" : "secondary"} {...toTarget(action)}>
                    {action.label}
                  </Button>
                ) : null}
              </BlockStack>
            </Box>
          </Collapsible>
        </Box>
      </InlineStack>
    </Box>
  );
}

function toTarget(action: StepAction) {
  if ("onAction" in action) return { onClick: action.onAction };
  return { url: action.url, ...(action.isExternal ? { target: "_top" as const } : {}) };
}
