import { Badge, type BadgeProps } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { BundleStatus } from "#app/domain/bundle-status.ts";
import type { Translate } from "#app/locales/translate.ts";

const TONE: Readonly<Record<BundleStatus, NonNullable<BadgeProps["tone"]>>> = {
  proposed: "attention",
  approved: "info",
  published: "success",
  paused: "warning",
  rejected: "critical",
  retired: "read-only",
};

/** The status of a bundle as a badge. The text alone carries the meaning. */
export function BundleStatusBadge({
  status,
  isWaiting = false,
}: {
  readonly status: BundleStatus;
  /** Approved, but kept off the storefront for a reason. */
  readonly isWaiting?: boolean;
}) {
  const { t } = useTranslation("common");
  if (status === "approved" && isWaiting) return <Badge tone="warning">{t("status.waiting")}</Badge>;
  return <Badge tone={TONE[status]}>{t(`status.${status}`)}</Badge>;
}

export function toKindName(kind: string, t: Translate): string {
  return t(`common:kind.${kind}`, { defaultValue: kind });
}
