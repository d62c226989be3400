import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from "graphql";

/** No single query can request more points than this. */
export const MAX_QUERY_COST = 1_000;
export const MUTATION_COST = 10;
const CONNECTION_COST = 2;

/**
 * The points that a query requests before it runs: scalars 0, objects 1, mutations 10, connections 2 plus their
 * children times a factor of the page's size. Shopify publishes the first three. The factor `2 ln(size)` is fitted to
 * one published answer (250 variants with their inventory items: 24 of 25 points), so it is only approximate.
 */
export function requestedCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }

  const costOfSelection = (selectionSet: SelectionSetNode, parent: GraphQLCompositeType): number => {
    let sum = 0;
    let dearestOfUnion = 0;
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        if (selection.name.value.startsWith("__") || !("getFields" in parent)) continue;
        const field = parent.getFields()[selection.name.value];
        if (!field) continue;
        const type = getNamedType(field.type);
        if (!isCompositeType(type) || !selection.selectionSet) continue;
        const children = costOfSelection(selection.selectionSet, type);
        if (type.name.endsWith("Connection")) {
          const size = pageSize(selection.arguments ?? [], variables);
          sum += CONNECTION_COST + Math.round(sizeFactor(size) * Math.max(children, 0));
        } else if (isObjectType(parent) && parent.name === "Mutation") {
          sum += MUTATION_COST + children;
        } else if (type.name === "PageInfo" || type.name.endsWith("Edge")) {
          sum += children;
        } else {
          sum += (1 + children) * countIds(selection.arguments ?? [], variables);
        }
      } else {
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (!fragment) continue;
        const named = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
        const type = named && isCompositeType(named) ? named : parent;
        const cost = costOfSelection(fragment.selectionSet, type);
        // Only one alternative of a union is answered, so the most expensive one counts.
        if (isAbstractType(parent)) dearestOfUnion = Math.max(dearestOfUnion, cost);
        else sum += cost;
      }
    }
    return sum + dearestOfUnion;
  };

  const root = schema.getRootType(operation.operation);
  return root ? costOfSelection(operation.selectionSet, root) : 0;
}

/** How many times the children of a connection count, for a page of `size` records. */
export function sizeFactor(size: number): number {
  return size <= 1 ? size : Math.min(size, Math.max(1, 2 * Math.log(size)));
}

/** `nodes(ids:)` returns one object per id; any other field returns one. */
function countIds(
  args: readonly { name: { value: string }; value: Parameters<typeof valueFromASTUntyped>[0] }[],
  variables: Readonly<Record<string, unknown>>,
): number {
  const ids = args.find(({ name }) => name.value === "ids");
  const value = ids && valueFromASTUntyped(ids.value, variables);
  return Array.isArray(value) ? value.length : 1;
}

function pageSize(
  args: readonly { name: { value: string }; value: Parameters<typeof valueFromASTUntyped>[0] }[],
  variables: Readonly<Record<string, unknown>>,
): number {
  for (const { name, value } of args) {
    if (name.value !== "first" && name.value !== "last") continue;
    const size = valueFromASTUntyped(value, variables);
    if (typeof size === "number") return size;
  }
  return 0;
}
