import { Icon } from "@shopify/polaris";
import { ImageIcon } from "@shopify/polaris-icons";
import type { SuggestionsPage } from "./read-suggestions-page.server.ts";

/** A row has room for so many; of a pool the first stand for the others. */
const MOST_SHOWN = 4;
const NOTE = {
  position: "absolute",
  insetBlockEnd: 4,
  insetInlineEnd: 4,
  padding: "0 var(--p-space-100)",
  borderRadius: "var(--p-border-radius-100)",
  background: "var(--p-color-bg-surface)",
  fontSize: "var(--p-font-size-300)",
} as const;

/** The products of a bundle as one picture. The row's text names them, so it is decoration. */
export function ProductPictures({
  pictures,
}: {
  readonly pictures: SuggestionsPage["bundles"][number]["pictures"];
}) {
  const shown = pictures.slice(0, MOST_SHOWN);
  const hidden = pictures.length - shown.length;
  return (
    <div
      aria-hidden
      style={{
        display: "grid",
        gridTemplateColumns: shown.length === 1 ? "1fr" : "1fr 1fr",
        gap: 2,
        inlineSize: "9rem",
        blockSize: shown.length > 2 ? "9rem" : "4.5rem",
        flex: "none",
        overflow: "hidden",
        borderRadius: "var(--p-border-radius-200)",
      }}
    >
      {shown.map(({ imageUrl, quantity }, index) => (
        <div
          key={index}
          style={{
            position: "relative",
            display: "grid",
            placeItems: "center",
            minBlockSize: 0,
            background: "var(--p-color-bg-surface-secondary)",
            ...(shown.length === 3 && index === 0 ? { gridColumn: "span 2" } : {}),
          }}
        >
          {imageUrl === null ? (
            <Icon source={ImageIcon} tone="subdued" />
          ) : (
            <img
              src={imageUrl}
              alt=""
              loading="lazy"
              style={{ inlineSize: "100%", blockSize: "100%", minBlockSize: 0, objectFit: "cover" }}
            />
          )}
          {quantity > 1 ? <span style={NOTE}>×{quantity}</span> : null}
          {hidden > 0 && index === shown.length - 1 ? <span style={NOTE}>+{hidden}</span> : null}
        </div>
      ))}
    </div>
  );
}
