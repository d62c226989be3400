import { IndexFilters, IndexFiltersMode, ChoiceList, useSetIndexFiltersMode } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { toKindName } from "./bundle-words.ts";

export interface SuggestionView {
  readonly tab: string;
  readonly kind: string | null;
  readonly sort: string;
  readonly search: string;
}

interface SuggestionFiltersProps {
  readonly view: SuggestionView;
  readonly tabs: readonly { readonly id: string; readonly count: number }[];
  readonly isLoading: boolean;
  readonly onChange: (changes: Partial<SuggestionView>) => void;
}

const TABS = ["decide", "approved", "rejected", "retired"];
const KINDS = ["complementary", "substitute", "seasonal"];
const SORTS = ["profit", "newest", "discount"] as const;
const SEARCH_DELAY_MS = 400;

/** Views, search, filter and order of the list. The address of the page holds them all, so it can be kept or shared. */
export function SuggestionFilters({ view, tabs, isLoading, onChange }: SuggestionFiltersProps) {
  const { t } = useTranslation("bundles");
  const { mode, setMode } = useSetIndexFiltersMode(
    view.search || view.kind ? IndexFiltersMode.Filtering : undefined,
  );
  const [search, setSearch] = useState(view.search);
  useEffect(() => {
    if (search === view.search) return;
    const timer = setTimeout(() => onChange({ search }), SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [search, view.search, onChange]);
  const clear = () => {
    setSearch("");
    onChange({ search: "", kind: null });
  };
  return (
    <IndexFilters
      tabs={tabs.map(({ id, count }) => ({
        id,
        content: `${TABS.includes(id) ? t(`tab.${id}`) : id} (${count})`,
        isLocked: true,
      }))}
      selected={Math.max(
        0,
        tabs.findIndex(({ id }) => id === view.tab),
      )}
      onSelect={(index) => onChange({ tab: tabs[index]?.id ?? "decide" })}
      canCreateNewView={false}
      queryValue={search}
      queryPlaceholder={t("search")}
      onQueryChange={setSearch}
      onQueryClear={() => setSearch("")}
      sortOptions={SORTS.map((sort) => ({
        label: t(`sort.${sort}`),
        value: `${sort} desc` as const,
        directionLabel: sort === "newest" ? t("sort.newestFirst") : t("sort.highestFirst"),
      }))}
      sortSelected={[`${view.sort} desc`]}
      onSort={([chosen]) => onChange({ sort: chosen?.split(" ")[0] ?? "profit" })}
      filters={[
        {
          key: "kind",
          label: t("kind"),
          shortcut: true,
          filter: (
            <ChoiceList
              title={t("kind")}
              titleHidden
              choices={KINDS.map((kind) => ({ label: toKindName(kind, t), value: kind }))}
              selected={view.kind ? [view.kind] : []}
              onChange={([kind]) => onChange({ kind: kind ?? null })}
            />
          ),
        },
      ]}
      appliedFilters={
        view.kind
          ? [{ key: "kind", label: toKindName(view.kind, t), onRemove: () => onChange({ kind: null }) }]
          : []
      }
      onClearAll={clear}
      cancelAction={{ onAction: clear }}
      mode={mode}
      setMode={setMode}
      loading={isLoading}
    />
  );
}
