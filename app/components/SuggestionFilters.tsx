import { IndexFilters, IndexFiltersMode, ChoiceList, useSetIndexFiltersMode } from "@shopify/polaris";
import { useEffect, useState } from "react";
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

const TAB_NAME: Readonly<Record<string, string>> = {
  decide: "To decide",
  approved: "Approved",
  rejected: "Rejected",
  retired: "Ended",
};
const KINDS = ["complementary", "substitute", "seasonal"];
const SORTS = [
  { label: "Expected profit", value: "profit desc" as const, directionLabel: "Highest first" },
  { label: "Proposed", value: "newest desc" as const, directionLabel: "Newest first" },
  { label: "Discount", value: "discount desc" as const, directionLabel: "Highest first" },
];
const SEARCH_DELAY_MS = 400;

/** Views, search, filter and order of the list. The address of the page holds them all, so it can be kept or shared. */
export function SuggestionFilters({ view, tabs, isLoading, onChange }: SuggestionFiltersProps) {
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
        content: `${TAB_NAME[id] ?? id} (${count})`,
        isLocked: true,
      }))}
      selected={Math.max(
        0,
        tabs.findIndex(({ id }) => id === view.tab),
      )}
      onSelect={(index) => onChange({ tab: tabs[index]?.id ?? "decide" })}
      canCreateNewView={false}
      queryValue={search}
      queryPlaceholder="Search by product"
      onQueryChange={setSearch}
      onQueryClear={() => setSearch("")}
      sortOptions={SORTS}
      sortSelected={[`${view.sort} desc`]}
      onSort={([chosen]) => onChange({ sort: chosen?.split(" ")[0] ?? "profit" })}
      filters={[
        {
          key: "kind",
          label: "Kind",
          shortcut: true,
          filter: (
            <ChoiceList
              title="Kind"
              titleHidden
              choices={KINDS.map((kind) => ({ label: toKindName(kind), value: kind }))}
              selected={view.kind ? [view.kind] : []}
              onChange={([kind]) => onChange({ kind: kind ?? null })}
            />
          ),
        },
      ]}
      appliedFilters={
        view.kind
          ? [{ key: "kind", label: toKindName(view.kind), onRemove: () => onChange({ kind: null }) }]
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
