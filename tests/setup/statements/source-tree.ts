import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** An expression in the source code, with the arguments of the calls that lead to it. */
export interface Place {
  readonly node: ts.Expression;
  readonly file: ts.SourceFile;
  readonly given: ReadonlyMap<string, Place>;
}

const files = new Map<string, ts.SourceFile>();

/**
 * Parses the source files with matching paths, without types.
 *
 * @param holding only files with this text, because parsing is slow
 */
export function readSources(pattern: string, holding = /(?:)/): ts.SourceFile[] {
  return globSync(pattern, { cwd: ROOT, exclude: (name) => name === "generated" })
    .toSorted()
    .map((path) => join(ROOT, path))
    .filter((path) => holding.test(readFileSync(path, "utf8")))
    .map(openFile);
}

function openFile(path: string): ts.SourceFile {
  const known = files.get(path);
  if (known) return known;
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  files.set(path, file);
  return file;
}

/** The results of `pick` for all nodes from the top, without null. */
export function collect<T>(node: ts.Node, pick: (node: ts.Node) => T | null): T[] {
  const picked = pick(node);
  const below: T[] = [];
  ts.forEachChild(node, (child) => {
    below.push(...collect(child, pick));
  });
  return picked === null ? below : [picked, ...below];
}

/** The file and line of a node, like "app/data/orders/orders.server.ts:12". */
export function describePlace(node: ts.Node): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  return `${relative(ROOT, file.fileName)}:${line + 1}`;
}

/** Name of the named function around the node; otherwise of the module's constant around it. */
export function nameOwner(node: ts.Node): string {
  for (let at = node; !ts.isSourceFile(at); at = at.parent) {
    if ((ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at)) && at.name) return at.name.getText();
    if (ts.isVariableDeclaration(at) && ts.isSourceFile(at.parent.parent.parent)) return at.name.getText();
  }
  return "";
}

/** The expression without parentheses, await and type syntax. */
export function bare(node: ts.Expression): ts.Expression {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isAwaitExpression(node))
    return bare(node.expression);
  return ts.isSatisfiesExpression(node) || ts.isNonNullExpression(node) ? bare(node.expression) : node;
}

/** Resolves a name to an argument, a constant in scope or an imported constant; null if it is none of these. */
export function resolveName(name: string, { node, file, given }: Place): Place | null {
  for (let at: ts.Node = node; at; at = at.parent) {
    if (isFunction(at) && at.parameters.some((parameter) => listNames(parameter.name).includes(name))) {
      return given.get(name) ?? null;
    }
    if (!ts.isBlock(at) && !ts.isSourceFile(at)) continue;
    for (const statement of at.statements) {
      if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) {
        return { node: statement as unknown as ts.Expression, file, given };
      }
      if (!ts.isVariableStatement(statement)) continue;
      const found = statement.declarationList.declarations.find((one) => listNames(one.name).includes(name));
      if (!found) continue;
      // A destructured value cannot be resolved.
      return found.initializer && ts.isIdentifier(found.name)
        ? { node: found.initializer, file, given }
        : null;
    }
  }
  const imported = findImport(name, file);
  return imported && resolveName(name, { node: imported as unknown as ts.Expression, file: imported, given });
}

/** The names that a declaration binds. */
function listNames(declared: ts.BindingName): string[] {
  if (ts.isIdentifier(declared)) return [declared.text];
  return declared.elements.flatMap((element) =>
    ts.isBindingElement(element) ? listNames(element.name) : [],
  );
}

function findImport(name: string, file: ts.SourceFile): ts.SourceFile | null {
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    if (!bindings.elements.some((element) => element.name.text === name)) continue;
    const { text } = statement.moduleSpecifier;
    if (text.startsWith("#app/")) return openFile(join(ROOT, text.slice(1)));
    if (text.startsWith(".")) return openFile(join(dirname(file.fileName), text));
  }
  return null;
}

type AnyFunction = ts.ArrowFunction | ts.FunctionDeclaration;

function isFunction(node: ts.Node): node is AnyFunction {
  return ts.isArrowFunction(node) || ts.isFunctionDeclaration(node);
}

/** The returned expression of a call of one of the app's functions; null if the function does more than return. */
export function resolveCall(call: ts.CallExpression, place: Place): Place | null {
  const callee = ts.isIdentifier(call.expression) ? resolveName(call.expression.text, place) : null;
  const node = callee && bare(callee.node);
  if (!node || !isFunction(node)) return null;
  const given = new Map(callee.given);
  for (const [at, parameter] of node.parameters.entries()) {
    const argument = call.arguments[at];
    if (argument) given.set(parameter.name.getText(), { ...place, node: argument });
  }
  const result = findResult(node);
  return result && { node: result, file: callee.file, given };
}

function findResult({ body }: AnyFunction): ts.Expression | null {
  if (!body || !ts.isBlock(body)) return body ?? null;
  const last = body.statements.at(-1);
  return last && ts.isReturnStatement(last) ? (last.expression ?? null) : null;
}
