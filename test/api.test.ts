/** The public API is frozen: what `firefly-ts` exports, name by name and kind by kind, is what test/fixtures/api.txt says. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  createProgram,
  type Symbol as ExportedSymbol,
  isTypeOnlyImportOrExportDeclaration,
  SymbolFlags,
  sys,
  type TypeChecker,
} from 'typescript';

const ROOT = join(__dirname, '..');
const SNAPSHOT = join(ROOT, 'test/fixtures/api.txt');

describe('the public API', () => {
  const now = exported();

  it('is the committed list; a name that goes or changes its kind is a new major version', () => {
    if (process.env.FIREFLY_WRITE_API) writeFileSync(SNAPSHOT, `${now.join('\n')}\n`);
    const committed = readFileSync(SNAPSHOT, 'utf8').trimEnd().split('\n');
    assert.deepEqual(now, committed, 'the API has changed; if that is meant: FIREFLY_WRITE_API=1 node --test test/api.test.js');
  });

  it('is what a program gets at run time', () => {
    const values = now.flatMap((line) => /^(?:class|function|const) (\w+)/.exec(line)?.[1] ?? []);
    assert.deepEqual(Object.keys(require('../src/index.js')).toSorted(), values.toSorted());
  });
});

/** A line for each name: its kind, `type` before it when it is exported as a type only, and the public members of classes and interfaces. */
function exported(): string[] {
  const file = join(ROOT, 'src/index.ts');
  const program = createProgram([file], { module: 100, moduleResolution: 3, target: 9, strict: true, noEmit: true, types: ['node'] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  assert.ok(source, `${sys.getCurrentDirectory()} has src/index.ts`);
  const module = checker.getSymbolAtLocation(source);
  assert.ok(module);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => {
      const isType = symbol.declarations?.some(isTypeOnlyImportOrExportDeclaration) ?? false;
      const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return `${isType ? 'type ' : ''}${describeSymbol(target, symbol.name, checker)}`;
    })
    .toSorted();
}

function describeSymbol(symbol: ExportedSymbol, name: string, checker: TypeChecker): string {
  const members = () =>
    checker
      .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
      .map((member) => member.name.replace(/^__@(\w+)@\d+$/, '[$1]'))
      .filter((member) => !member.includes('#'))
      .toSorted()
      .join(' ');
  if (symbol.flags & SymbolFlags.Class) return `class ${name}: ${members()}`;
  if (symbol.flags & SymbolFlags.Function) return `function ${name}`;
  if (symbol.flags & SymbolFlags.Interface) return `interface ${name}: ${members()}`;
  return symbol.flags & SymbolFlags.Variable ? `const ${name}` : `alias ${name}`;
}
