/**
 * A game client for a person: logs in, creates a role when there is none, enters the game, and shows every request and answer.
 *
 *   node tools/clienttest.js --commands 101,102,103,105
 *
 * Exit code 0: every request was answered with success. 1: one was not, or the connection failed. 2: wrong usage.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { connectClient, type Frame, type GameClient } from './lib/gameclient';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly offset?: number;
  readonly username: string;
  readonly password: string;
  readonly rolename?: string;
  readonly profession: number;
  readonly commands: readonly number[];
  readonly data: Record<string, unknown>;
  readonly deadline: number;
}

/** What a person makes of the keys that game clients translate themselves. */
const REASONS: Readonly<Record<string, string>> = {
  psd_error: 'the password is not that of this account, or name and password are not 4 to 11 characters each, as a new account needs',
  fenghao: 'the account is banned',
  conn_error: 'nobody is logged in on this connection; 101 goes first',
  norole: 'the account has no such role; 102 makes one',
  profession_error: 'there is no such profession; 1 to 6',
  yhm_buhege: 'a role has a name of 2 to 20 characters',
  yhm_feifa: 'the name holds something that is not allowed',
  yhm_yicunzai: 'another role has that name; choose one with --rolename',
  yijingchuangjian: 'the account has a role already',
};

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
  const port = options.port + (options.offset ?? portOffset());
  const onPush = (push: Frame) => show('<<', push.command, 'push', push.text);
  const client = await connectClient({ host: options.host, port, deadlineMs: options.deadline, onPush });
  process.stdout.write(`connected to ${options.host}:${port}\n`);
  try {
    return await play(client, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}; is ${options.host}:${port} the client port of a net node?`, { cause: error });
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
    const { result, message, data } = parse(answer.text);
    if (!result) {
      const reason = REASONS[message] ? `: ${REASONS[message]}` : '';
      process.stderr.write(`${nameOf(command)} was answered with failure${reason}. Nothing more is sent\n`);
      return 1;
    }
    learn(command, data, account);
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

/** Keeps what later requests need. */
function learn(command: number, data: Record<string, unknown>, account: Account): void {
  if (command === LOGIN) Object.assign(account, { userId: Number(data.userId ?? 0), characterId: Number(data.characterId ?? 0) });
  if (command === CREATE_ROLE) account.characterId = Number(data.newCharacterId ?? 0);
}

function parse(text: string): { result: boolean; message: string; data: Record<string, unknown> } {
  try {
    const { result, message, data } = JSON.parse(text) as { result?: unknown; message?: unknown; data?: Record<string, unknown> };
    return { result: result === true, message: String(message ?? ''), data: data ?? {} };
  } catch {
    return { result: false, message: '', data: {} };
  }
}

function nameOf(command: number): string {
  return `${command} ${NAMES[command] ?? ''}`.trimEnd();
}

function show(arrow: string, command: number, note: string, text: string): void {
  process.stdout.write(`${arrow} ${String(command).padStart(4)}  ${note.padEnd(12)}  ${text.trimEnd()}\n`);
}

function portOffset(): number {
  const { FIREFLY_PORT_OFFSET: text = '0' } = process.env;
  if (!/^\d{1,5}$/.test(text)) throw new Error(`FIREFLY_PORT_OFFSET must be a whole number; it is ${JSON.stringify(text)}`);
  return Number(text);
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
  .option('--offset <n>', 'added to the port (default: FIREFLY_PORT_OFFSET of the environment)', wholeNumber)
  .option('--username <name>', 'account; made at its first login, 4 to 11 characters', 'test106')
  .option('--password <word>', '4 to 11 characters', '111111')
  .option('--rolename <name>', 'name of a role to create (default: the username)')
  .option('--profession <n>', 'of a role to create, 1 to 6', wholeNumber, 1)
  .addOption(
    new Option('--commands <list>', 'what to send, in this order')
      .argParser(commandList)
      .default([LOGIN, CREATE_ROLE, ENTER, 105], '101,102,103,105'),
  )
  .addOption(
    new Option('--data <json>', 'fields for the commands other than 101, 102 and 103, such as {"zjid":1000}')
      .argParser(jsonObject)
      .default({}, 'none'),
  )
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
