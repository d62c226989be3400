import { useFetcher } from "@remix-run/react";
import { BlockStack, Checkbox, InlineStack, Tag, TextField } from "@shopify/polaris";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Subdued } from "#app/ui/Subdued.tsx";

interface CatalogueEntry {
  readonly id: string;
  readonly title: string;
}

interface CatalogueSelectProps {
  readonly kind: "product" | "collection" | "tag";
  readonly chosen: readonly string[];
  /** Names of what is chosen, where they are known. */
  readonly names: Readonly<Record<string, string>>;
  readonly problem?: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}

const SEARCH_DELAY_MS = 250;

/** Chooses products, collections or tags of the shop by typing part of their name. */
export function CatalogueSelect({ kind, chosen, names, problem, onChange }: CatalogueSelectProps) {
  const { t } = useTranslation("settings");
  const fetcher = useFetcher<{ readonly entries: readonly CatalogueEntry[] }>();
  const [text, setText] = useState("");
  // Names of what was found once, so that a tag keeps its name when the search moves on.
  const [found, setFound] = useState<Readonly<Record<string, string>>>({});
  const loadRef = useRef(fetcher.load);
  useEffect(() => {
    loadRef.current = fetcher.load;
  });
  useEffect(() => {
    if (!text) return;
    const query = new URLSearchParams({ kind, text });
    const timer = setTimeout(() => loadRef.current(`/app/catalogue?${query}`), SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [kind, text]);
  const entries = fetcher.data?.entries;
  useEffect(() => {
    if (!entries) return;
    const titles = Object.fromEntries(entries.map(({ id, title }) => [id, title]));
    setFound((before) => ({ ...before, ...titles }));
  }, [entries]);
  const nameOf = (id: string) => names[id] ?? found[id] ?? (kind === "tag" ? id : t("exclude.gone"));
  return (
    <BlockStack gap="200">
      <TextField
        label={t(`exclude.${kind}`)}
        value={text}
        onChange={setText}
        placeholder={t("exclude.search")}
        loading={fetcher.state !== "idle"}
        autoComplete="off"
        error={problem ?? false}
      />
      {entries && text ? (
        <div
          role="group"
          aria-label={t(`exclude.${kind}`)}
          style={{ maxBlockSize: "14rem", overflowY: "auto" }}
        >
          <BlockStack>
            {entries.map(({ id, title }) => (
              <Checkbox
                key={id}
                label={title}
                checked={chosen.includes(id)}
                onChange={(isChosen) =>
                  onChange(isChosen ? [...chosen, id] : chosen.filter((other) => other !== id))
                }
              />
            ))}
            {entries.length === 0 ? <Subdued>{t("exclude.none")}</Subdued> : null}
          </BlockStack>
        </div>
      ) : null}
      {chosen.length > 0 ? (
        <InlineStack gap="200">
          {chosen.map((id) => (
            <Tag key={id} onRemove={() => onChange(chosen.filter((other) => other !== id))}>
              {nameOf(id)}
            </Tag>
          ))}
        </InlineStack>
      ) : null}
    </BlockStack>
  );
}
