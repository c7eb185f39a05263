/**
 * A game client for a person: logs in, creates a role when there is none, enters the game, and shows every request and answer.
 *
 *   node tools/clienttest.js --commands 101,102,103,105
 *
 * Exit code 0: every request was answered with success. 1: one was not, or the connection failed. 2: wrong usage.
 */
import { Command, InvalidArgumentError } from 'commander';
import { connectClient, type Frame, type GameClient } from './lib/gameclient';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly offset: number;
  readonly username: string;
  readonly password: string;
  readonly rolename?: string;
  readonly profession: number;
  readonly commands: readonly number[];
  readonly data: Record<string, unknown>;
  readonly deadline: number;
}

/** What the answers told so far. */
interface Account {
  userId: number;
  characterId: number;
}

const LOGIN = 101;
const CREATE_ROLE = 102;
const ENTER = 103;

const NAMES: Readonly<Record<number, string>> = {
  [LOGIN]: 'log in',
  [CREATE_ROLE]: 'create role',
  [ENTER]: 'enter game',
  105: 'status bar',
  905: 'logged in elsewhere',
};

async function main(options: Options): Promise<number> {
  const port = options.port + options.offset;
  const onPush = (push: Frame) => show('<<', push.command, 'push', push.text);
  const client = await connectClient({ host: options.host, port, deadlineMs: options.deadline, onPush });
  process.stdout.write(`connected to ${options.host}:${port}\n`);
  try {
    return await play(client, options);
  } finally {
    await client.close();
  }
}

async function play(client: GameClient, options: Options): Promise<number> {
  const account: Account = { userId: 0, characterId: 0 };
  for (const command of options.commands) {
    if (command === CREATE_ROLE && account.characterId) {
      process.stdout.write(`-- ${CREATE_ROLE} left out: the account has role ${account.characterId} already\n`);
      continue;
    }
    const payload = payloadOf(command, account, options);
    show(
      '->',
      command,
      NAMES[command] ?? '',
      JSON.stringify(payload, (key, value) => (key === 'password' ? '***' : value)),
    );
    const sent = performance.now();
    const answer = await client.request(command, payload);
    show('<-', command, `${(performance.now() - sent).toFixed(1)} ms`, answer.text);
    if (!learn(command, answer, account)) {
      process.stderr.write(`${command} ${NAMES[command] ?? ''} was answered with failure; nothing more is sent\n`);
      return 1;
    }
  }
  return 0;
}

function payloadOf(command: number, account: Account, options: Options): Record<string, unknown> {
  if (command === LOGIN) return { username: options.username, password: options.password };
  if (command === CREATE_ROLE) {
    return { rolename: options.rolename ?? options.username, profession: options.profession, userId: account.userId };
  }
  if (command === ENTER) return { userId: account.userId, characterId: account.characterId };
  return { characterId: account.characterId, ...options.data };
}

/** Keeps what later requests need. Returns whether the answer says success. */
function learn(command: number, answer: Frame, account: Account): boolean {
  const { result, data } = parse(answer.text);
  if (command === LOGIN) Object.assign(account, { userId: Number(data.userId ?? 0), characterId: Number(data.characterId ?? 0) });
  if (command === CREATE_ROLE) account.characterId = Number(data.newCharacterId ?? 0);
  return result;
}

function parse(text: string): { result: boolean; data: Record<string, unknown> } {
  try {
    const { result, data } = JSON.parse(text) as { result?: unknown; data?: Record<string, unknown> };
    return { result: result === true, data: data ?? {} };
  } catch {
    return { result: false, data: {} };
  }
}

function show(arrow: string, command: number, note: string, text: string): void {
  process.stdout.write(`${arrow} ${String(command).padStart(4)}  ${note.padEnd(12)}  ${text.trimEnd()}\n`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('a whole number is needed.');
  return Number(text);
}

function commandList(text: string): number[] {
  return text.split(',').map((part) => wholeNumber(part.trim()));
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // The message below says it.
  }
  throw new InvalidArgumentError('a JSON object is needed, such as {"zjid":1000}.');
}

const program = new Command('clienttest')
  .description('Plays the first minutes of the sample game and shows every request and answer.')
  .option('--host <host>', 'where the net node is', '127.0.0.1')
  .option('--port <port>', "the net node's port", wholeNumber, 11009)
  .option('--offset <n>', 'added to the port (default: FIREFLY_PORT_OFFSET)', wholeNumber, Number(process.env.FIREFLY_PORT_OFFSET ?? 0))
  .option('--username <name>', 'account; made at its first login, 4 to 11 characters', 'test106')
  .option('--password <word>', '4 to 11 characters', '111111')
  .option('--rolename <name>', 'name of a role to create (default: the username)')
  .option('--profession <n>', 'of a role to create, 1 to 6', wholeNumber, 1)
  .option('--commands <list>', 'what to send, in this order', commandList, [LOGIN, CREATE_ROLE, ENTER, 105])
  .option('--data <json>', 'fields for the commands after these, such as {"zjid":1000}', jsonObject, {})
  .option('--deadline <ms>', 'how long to wait for each answer', wholeNumber, 10_000)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

void main(program.parse().opts<Options>()).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
