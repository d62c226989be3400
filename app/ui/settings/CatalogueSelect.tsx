import { BlockStack, Checkbox, InlineStack, Tag, TextField } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { askApp } from "#app/ui/hooks/ask-app.ts";

interface CatalogueEntry {
  readonly id: string;
  readonly title: string;
}

interface CatalogueSelectProps {
  readonly kind: "product" | "collection" | "tag";
  readonly chosen: readonly string[];
  /** Names of chosen entries, if known. */
  readonly names: Readonly<Record<string, string>>;
  readonly problem?: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}

const SEARCH_DELAY_MS = 250;

/** Chooses products, collections or tags of the shop with a text search. */
export function CatalogueSelect({ kind, chosen, names, problem, onChange }: CatalogueSelectProps) {
  const { t } = useTranslation("settings");
  const [text, setText] = useState("");
  const [entries, setEntries] = useState<readonly CatalogueEntry[] | null>(null);
  const [isLoading, setLoading] = useState(false);
  // Names found so far, so that a chosen tag keeps its name in the next search.
  const [found, setFound] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    if (!text) return;
    const leaving = new AbortController();
    const ask = async () => {
      setLoading(true);
      const path = `/app/catalogue?${new URLSearchParams({ kind, text })}`;
      const answer = await askApp<{ entries: readonly CatalogueEntry[] }>(path, leaving.signal);
      // After a network error or an abort by the next key, the old results stay.
      if (answer) {
        setEntries(answer.entries);
        const named = Object.fromEntries(answer.entries.map(({ id, title }) => [id, title]));
        setFound((before) => ({ ...before, ...named }));
      }
      setLoading(false);
    };
    const timer = setTimeout(() => void ask(), SEARCH_DELAY_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [kind, text]);
  const nameOf = (id: string) => names[id] ?? found[id] ?? (kind === "tag" ? id : t("exclude.gone"));
  return (
    <BlockStack gap="200">
      <TextField
        label={t(`exclude.${kind}`)}
        value={text}
        onChange={setText}
        placeholder={t("exclude.search")}
        loading={isLoading}
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
