/** `firefly createproject`: a game that boots, answers and passes its own test, to go on from. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context } from './context';
import { CommandFailed, Exit } from './masterclient';
import { runNpm } from './npm';
import { frameworkDependency, OWN_PACKAGE } from './ownpackage';

const TEMPLATE = join(OWN_PACKAGE, 'template');
/** Files of the template that hold words of the project. */
const FILLED = ['README.md', 'config.json'];
/** npm's own bound. */
const NAME_LENGTH = 214;

interface OwnManifest {
  readonly name: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

export function addCreateProjectCommand(program: Command, { print }: Context): void {
  program
    .command('createproject <name>')
    .description('make a new game in a folder of that name: it boots, and passes its own test')
    .option('--no-install', 'do not run npm install in it')
    .action((name: string, { install }: { install: boolean }) => {
      const folder = createProject(name, process.cwd(), print);
      if (install) installIn(folder, name, print);
      for (const line of nextSteps(name, install)) print(line);
    });
}

/** @returns its folder. @throws CommandFailed when there is something in the way; nothing was made then */
export function createProject(name: string, where: string, print: (line: string) => void): string {
  checkName(name);
  const folder = resolve(where, name);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new CommandFailed(`${folder} is there already and not empty; take another name, or empty it`, Exit.refused);
  try {
    fill(folder, name, print);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  print(`${name} is made, in ${folder}`);
  return folder;
}

function fill(folder: string, name: string, print: (line: string) => void): void {
  mkdirSync(folder, { recursive: true });
  cpSync(TEMPLATE, folder, { recursive: true });
  // npm packs no file of that name.
  renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'));
  const database = name.replace(/[^a-z0-9]/g, '_');
  for (const file of FILLED) {
    const text = readFileSync(join(folder, file), 'utf8');
    writeFileSync(join(folder, file), text.replaceAll('{{name}}', name).replaceAll('{{database}}', database));
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestOf(name, frameworkDependency(folder, print)), null, 2)}\n`);
}

function checkName(name: string): void {
  const isFit = /^[a-z0-9][a-z0-9._-]*$/.test(name) && name.length <= NAME_LENGTH;
  if (!isFit)
    throw new CommandFailed(
      `${JSON.stringify(name)} is no name for a package; take lower-case letters, digits, "-", "_" and ".", a letter or a digit first`,
      Exit.usage,
    );
  if (name === ownManifest().name || name === 'node_modules')
    throw new CommandFailed(`${name} is the name of something else; take another`, Exit.usage);
}

function manifestOf(name: string, framework: string) {
  const { engines, devDependencies, allowScripts } = ownManifest();
  const versionOf = (tool: string) => ({ [tool]: devDependencies[tool] });
  return {
    name,
    version: '0.1.0',
    private: true,
    type: 'commonjs',
    engines,
    scripts: {
      build: 'tsc --project tsconfig.json',
      prestart: 'npm run --silent build',
      start: 'firefly start',
      dev: 'firefly dev',
      pretest: 'npm run --silent build',
      test: 'node --test test/*.test.js',
      client: 'node tools/client.js',
    },
    dependencies: { 'firefly-ts': framework },
    devDependencies: { ...versionOf('@types/node'), ...versionOf('typescript') },
    allowScripts,
  };
}

function ownManifest(): OwnManifest {
  return JSON.parse(readFileSync(join(OWN_PACKAGE, 'package.json'), 'utf8')) as OwnManifest;
}

function installIn(folder: string, name: string, print: (line: string) => void): void {
  print('npm install');
  const { ok, output } = runNpm(['install', '--no-audit', '--no-fund', '--prefer-offline'], folder);
  if (ok) return;
  for (const line of output.trimEnd().split('\n').slice(-10)) print(`  ${line}`);
  throw new CommandFailed(`npm install has failed; ${name} is complete, so run it there again when its cause is mended`, Exit.refused);
}

function nextSteps(name: string, isInstalled: boolean): string[] {
  return [
    '',
    `  cd ${name}`,
    ...(isInstalled ? [] : ['  npm install']),
    '  npm start                    boots the cluster; Ctrl-C stops it',
    '  npm run client -- 100 Ada    asks it, from a second terminal',
    '  npm test',
  ];
}
