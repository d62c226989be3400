import { BlockStack, Button, InlineStack, Text, Card } from "@shopify/polaris";
import { ArrowLeftIcon } from "@shopify/polaris-icons";
import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Subdued } from "./Subdued.tsx";
import { isRouteErrorResponse, useRevalidator, useRouteError } from "@remix-run/react";

interface PageAction {
  readonly content: string;
  readonly url?: string;
  readonly onAction?: () => void;
  readonly loading?: boolean;
  readonly disabled?: boolean;
  readonly destructive?: boolean;
}

interface PageProps {
  readonly title: string;
  readonly titleMetadata?: ReactNode;
  readonly subtitle?: string;
  readonly backAction?: { readonly content: string; readonly url: string };
  readonly primaryAction?: PageAction;
  readonly secondaryActions?: readonly PageAction[];
  readonly fullWidth?: boolean;
  readonly children?: ReactNode;
}

/**
 * A page of the admin with title and actions, and its parts below each other, in Polaris styles. Polaris' own Page
 * includes menus, tooltips, pagination and a search field, which are a sixth of a page's script.
 */
export function Page(props: PageProps) {
  const {
    title,
    titleMetadata,
    subtitle,
    backAction,
    primaryAction,
    secondaryActions = [],
    fullWidth,
  } = props;
  const heading = useKeptFocus();
  return (
    <div className={fullWidth ? "Polaris-Page Polaris-Page--fullWidth" : "Polaris-Page"}>
      <div style={{ padding: "var(--p-space-400)", paddingBlockStart: "var(--p-space-600)" }}>
        <InlineStack align="space-between" blockAlign="start" gap="300">
          {/* Long titles wrap, and leave the buttons next to them if there is room. */}
          <div ref={heading} tabIndex={-1} style={{ flex: "1 1 20rem", minInlineSize: 0, outline: "none" }}>
            {/* Alignment is inherited, so inner stacks set their own. */}
            <InlineStack align="start" gap="200" blockAlign="start" wrap={false}>
              {backAction ? (
                <Button
                  icon={ArrowLeftIcon}
                  variant="tertiary"
                  url={backAction.url}
                  accessibilityLabel={backAction.content}
                />
              ) : null}
              <BlockStack gap="050">
                <InlineStack align="start" gap="200" blockAlign="center">
                  <Text as="h1" variant="headingLg">
                    {title}
                  </Text>
                  {titleMetadata}
                </InlineStack>
                {subtitle ? <Subdued>{subtitle}</Subdued> : null}
              </BlockStack>
            </InlineStack>
          </div>
          <InlineStack align="start" gap="200">
            {secondaryActions.map((action) => (
              <ActionButton key={action.content} {...action} />
            ))}
            {primaryAction ? <ActionButton {...primaryAction} isPrimary /> : null}
          </InlineStack>
        </InlineStack>
      </div>
      <BlockStack gap="400">{props.children}</BlockStack>
    </div>
  );
}

/**
 * Moves a lost focus to the title, which a screen reader then reads: on arrival by a link or by Back, which the page
 * replaced, and after an action that removed its own button. Otherwise a keyboard user would be nowhere, without a word.
 */
function useKeptFocus() {
  const heading = useRef<HTMLDivElement>(null);
  const held = useRef<Element | null>(null);
  useEffect(() => {
    // A click beside the controls takes the focus too, but leaves its element on the page.
    const isLost = document.activeElement === document.body && !held.current?.isConnected;
    // Without the focus in this frame, the merchant is elsewhere in the admin.
    if (isLost && document.hasFocus()) heading.current?.focus({ preventScroll: true });
    if (isLost || document.activeElement !== document.body) held.current = document.activeElement;
  });
  return heading;
}

function ActionButton({
  content,
  url,
  onAction,
  isPrimary = false,
  ...state
}: PageAction & { isPrimary?: boolean }) {
  const { loading = false, disabled = false, destructive = false } = state;
  return (
    <Button
      {...(isPrimary ? { variant: "primary" } : {})}
      {...(destructive ? { tone: "critical" } : {})}
      {...(url ? { url } : {})}
      {...(onAction ? { onClick: onAction } : {})}
      loading={loading}
      disabled={disabled}
    >
      {content}
    </Button>
  );
}

const RETRY_MS = 5_000;

/**
 * Shown for a missing page and for a failed loader or action. After a failure, the page is retried until it works, and
 * forms restore their drafts. The layout handles the responses that Shopify's library throws for a document.
 */
export function PageBoundary() {
  const { t } = useTranslation("common");
  const error = useRouteError();
  const response = isRouteErrorResponse(error) ? error : null;
  const name = response?.status === 404 ? "missing" : "failed";
  const { revalidate, state } = useRevalidator();
  useEffect(() => {
    // Revalidating during a revalidation would restart it, and never finish on a slow server.
    if (name === "missing" || state !== "idle") return;
    const timer = setInterval(() => {
      if (!document.hidden) revalidate();
    }, RETRY_MS);
    return () => clearInterval(timer);
  }, [name, revalidate, state]);
  const said = name === "missing" && typeof response?.data === "string" ? response.data : "";
  return (
    <Page title={t(`${name}.title`)} backAction={{ content: t("nav.home"), url: "/app" }}>
      <Card>
        <Text as="p">{said || t(`${name}.text`)}</Text>
      </Card>
    </Page>
  );
}
