import { readFileSync } from "node:fs";
import ts from "typescript";
import {
  bare,
  collect,
  describePlace,
  nameOwner,
  readSources,
  resolveCall,
  resolveName,
  type Place,
} from "./source-tree.ts";

/** A Prisma call, or a part of it, that is not bound to one shop. */
export interface UnboundFilter {
  /** "app/data/runs/runs.server.ts:12 run.findMany" */
  readonly at: string;
  /** The function that contains it. */
  readonly owner: string;
  /** What lacks the shop: "where", or the path of a relation. */
  readonly part: string;
}

interface Relation {
  readonly model: string;
  readonly isList: boolean;
  /** Whether the foreign key includes the shop, so both rows belong to the same shop. */
  readonly holdsShop: boolean;
}

type Models = ReadonlyMap<string, ReadonlyMap<string, Relation>>;

/** Writing methods. The compiler requires the shop in their rows. */
const WRITING = ["create", "createMany", "createManyAndReturn"];
const FILTERING = [
  ...["findFirst", "findFirstOrThrow", "findMany", "findUnique", "findUniqueOrThrow"],
  ...["aggregate", "count", "groupBy", "delete", "deleteMany", "upsert"],
  ...["update", "updateMany", "updateManyAndReturn"],
];
const CALL = new RegExp(`\\.(?:${[...WRITING, ...FILTERING].join("|")})\\(`);
const SHOP = "shop";

/** The models of the schema with their relations, by their names in Prisma's client. */
function readModels(): Models {
  const schema = readFileSync(new URL("../../../prisma/schema.prisma", import.meta.url), "utf8");
  const bodies = new Map(
    [...schema.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(([, name, body]) => [name!, body!]),
  );
  const readRelations = (body: string) =>
    [...body.matchAll(/^ {2}(\w+)\s+(\w+)(\[\]|\?)?(?:\s+@relation\(fields: \[([^\]]*)\])?/gm)].filter(
      ([, , type]) => bodies.has(type!),
    );
  const hasShop = (fields: string) => fields.split(/,\s*/).includes(SHOP);
  return new Map(
    [...bodies].map(([name, body]) => {
      const relations = readRelations(body).map(([, field, type, kind, own]) => {
        const other = readRelations(bodies.get(type!)!).find(
          ([, , back, , fields]) => back === name && fields,
        );
        const isList = kind === "[]";
        return [
          field!,
          { model: toClientName(type!), isList, holdsShop: hasShop(own ?? other?.[4] ?? "") },
        ] as const;
      });
      return [toClientName(name), new Map(relations)];
    }),
  );
}

const toClientName = (model: string) => model[0]!.toLowerCase() + model.slice(1);

/**
 * Lists the Prisma calls in the source code that do not filter by shop: in their filter, or in a followed relation with
 * a foreign key that does not include the shop.
 */
export function listUnboundFilters(pattern: string): UnboundFilter[] {
  const models = readModels();
  return readSources(pattern, CALL).flatMap((file) =>
    collect(file, (node) => (ts.isCallExpression(node) ? checkCall(node, file, models) : null)).flat(),
  );
}

function checkCall(call: ts.CallExpression, file: ts.SourceFile, models: Models): UnboundFilter[] | null {
  const { expression: callee } = call;
  if (!ts.isPropertyAccessExpression(callee) || !ts.isPropertyAccessExpression(callee.expression))
    return null;
  const method = callee.name.text;
  const model = callee.expression.name.text;
  if (!models.has(model) || ![...WRITING, ...FILTERING].includes(method)) return null;
  const name = { at: `${describePlace(call)} ${model}.${method}`, owner: nameOwner(call) };
  const [argument] = call.arguments;
  const fields = argument ? listFields({ node: argument, file, given: new Map() }) : [];
  const where = fields.find(([field]) => field === "where")?.[1];
  const parts = [
    ...(WRITING.includes(method) || (where && bindsShop(where)) ? [] : ["where"]),
    ...(where ? checkFilter(where, models, model) : []),
    ...checkRelations(fields, models, model),
  ];
  return parts.map((part) => ({ ...name, part }));
}

/** Lists the fields that bind Prisma's filters to the shop, in calls and in followed relations. */
export function listShopFields(pattern: string): ts.Node[] {
  const filters = readSources(pattern, CALL).flatMap((file) =>
    collect(file, (node) => {
      const isFilter =
        ts.isPropertyAssignment(node) && /^(where|some|none|every|is|isNot|run)$/.test(node.name.getText());
      return isFilter ? findShopFields({ node: node.initializer, file, given: new Map() }) : null;
    }).flat(),
  );
  return [...new Set(filters)];
}

/** The fields of an object expression, with spread fields and the fields of both branches of a condition. */
function listFields(place: Place): [name: string, value: Place][] {
  const node = bare(place.node);
  const at = (expression: ts.Expression): Place => ({ ...place, node: expression });
  if (ts.isConditionalExpression(node))
    return [...listFields(at(node.whenTrue)), ...listFields(at(node.whenFalse))];
  if (ts.isIdentifier(node)) {
    const meant = resolveName(node.text, place);
    return meant ? listFields(meant) : [];
  }
  if (ts.isCallExpression(node)) {
    const result = resolveCall(node, place);
    return result ? listFields(result) : [];
  }
  if (!ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap((property): [string, Place][] => {
    if (ts.isSpreadAssignment(property)) return listFields(at(property.expression));
    if (ts.isShorthandPropertyAssignment(property)) return [[property.name.text, at(property.name)]];
    return ts.isPropertyAssignment(property) ? [[property.name.getText(), at(property.initializer)]] : [];
  });
}

/** Whether a filter includes the shop in every branch. */
function bindsShop(place: Place): boolean {
  return findShopFields(place) !== null;
}

/** The shop fields of a filter, also within a compound key; null if a branch has none. */
function findShopFields(place: Place): ts.Node[] | null {
  const node = bare(place.node);
  const at = (expression: ts.Expression) => findShopFields({ ...place, node: expression });
  if (ts.isConditionalExpression(node)) {
    const [one, other] = [at(node.whenTrue), at(node.whenFalse)];
    return one && other && [...one, ...other];
  }
  if (ts.isIdentifier(node) || ts.isCallExpression(node)) {
    const meant = ts.isIdentifier(node) ? resolveName(node.text, place) : resolveCall(node, place);
    return meant && findShopFields(meant);
  }
  if (!ts.isObjectLiteralExpression(node)) return null;
  const found = node.properties.flatMap((property): ts.Node[] => {
    if (ts.isSpreadAssignment(property)) return at(property.expression) ?? [];
    const name = property.name?.getText() ?? "";
    if (ts.isShorthandPropertyAssignment(property)) return name === SHOP ? [property] : [];
    if (!ts.isPropertyAssignment(property)) return [];
    const value = bare(property.initializer);
    const isPlain = !ts.isObjectLiteralExpression(value) && !ts.isConditionalExpression(value);
    if (name === SHOP) return isPlain ? [property] : [];
    return name.startsWith(`${SHOP}_`) ? (at(value) ?? []) : [];
  });
  return found.length > 0 ? found : null;
}

/** Checks conditions on related rows, which must belong to the shop. */
function checkFilter(where: Place, models: Models, model: string): string[] {
  return listFields(where).flatMap(([field, value]) => {
    if (["AND", "OR", "NOT"].includes(field)) {
      return listItems(value).flatMap((item) => checkFilter(item, models, model));
    }
    const relation = models.get(model)?.get(field);
    if (!relation) return [];
    const inner = listFields(value).filter(([name]) =>
      ["some", "none", "every", "is", "isNot"].includes(name),
    );
    const filters = inner.length > 0 ? inner.map(([, filter]) => filter) : [value];
    return filters.flatMap((filter) => [
      ...(relation.holdsShop || bindsShop(filter) ? [] : [field]),
      ...checkFilter(filter, models, relation.model),
    ]);
  });
}

function listItems(place: Place): Place[] {
  const node = bare(place.node);
  return ts.isArrayLiteralExpression(node)
    ? node.elements.map((item) => ({ ...place, node: item }))
    : [place];
}

/** Checks included relations. A list can be filtered by shop; a single related row cannot. */
function checkRelations(fields: [string, Place][], models: Models, model: string): string[] {
  const taken = fields.filter(([field]) => field === "include" || field === "select");
  return taken
    .flatMap(([, value]) => listFields(value))
    .flatMap(([field, value]) => {
      const relation = models.get(model)?.get(field);
      if (!relation) return [];
      const below = listFields(value);
      const where = below.find(([name]) => name === "where")?.[1];
      const isBound = relation.holdsShop || (relation.isList && where !== undefined && bindsShop(where));
      return [
        ...(isBound ? [] : [field]),
        ...(where ? checkFilter(where, models, relation.model) : []),
        ...checkRelations(below, models, relation.model),
      ];
    });
}
