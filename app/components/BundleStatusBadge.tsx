import { Badge, type BadgeProps } from "@shopify/polaris";

const STATUS: Readonly<Record<string, { label: string; tone: NonNullable<BadgeProps["tone"]> }>> = {
  proposed: { label: "To decide", tone: "attention" },
  approved: { label: "Approved, being published", tone: "info" },
  published: { label: "Live", tone: "success" },
  paused: { label: "Paused", tone: "warning" },
  rejected: { label: "Rejected", tone: "critical" },
  retired: { label: "Ended", tone: "read-only" },
};

/** A bundle's status as a badge; the text alone carries the meaning. */
export function BundleStatusBadge({
  status,
  isWaiting = false,
}: {
  readonly status: string;
  /** Approved, and kept off the storefront for a reason. */
  readonly isWaiting?: boolean;
}) {
  if (status === "approved" && isWaiting) return <Badge tone="warning">Approved, waiting</Badge>;
  const known = STATUS[status];
  return known ? <Badge tone={known.tone}>{known.label}</Badge> : <Badge>{status}</Badge>;
}
