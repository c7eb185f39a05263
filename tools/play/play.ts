/**
 * The sample game by hand, in a terminal.
 *
 *   npm run play -- --username firefly [--host 127.0.0.1] [--port 11009] [--blow 400] [--do 'hero; fight; quit']
 *
 * Exit code: 0 when the player has left, 1 when the game is not to be had, 2 for wrong usage.
 */
import { createInterface } from 'node:readline/promises';
import { Command, InvalidArgumentError } from 'commander';
import { SERVER_LEAVES } from '../../app/share/commands';
import { messageOf } from '../../src/thrown';
import { connectClient } from '../lib/gameclient';
import { portOffset } from '../lib/portoffset';
import { Game, type Person } from './game';
import { helpLines, verbOf } from './verbs';

interface Options extends Person {
  readonly host: string;
  readonly port: number;
  readonly blow: number;
  readonly do?: string;
}

async function main(options: Options): Promise<void> {
  const write = (text: string) => void process.stdout.write(text);
  const onPush = ({ command }: { command: number }) =>
    write(command === SERVER_LEAVES ? 'The server restarts; come back in a moment.\n' : '');
  await using client = await connectClient({ host: options.host, port: options.port + portOffset(), onPush });
  const game = new Game(client, options.blow, write);
  await game.enter(options);
  game.say([`Welcome, ${options.username}. "help" tells what you can do.`]);
  for await (const typed of options.do === undefined ? typedLines() : options.do.split(';')) {
    const [word = '', ...rest] = typed.trim().split(/\s+/);
    if (word === 'quit') return;
    if (word !== '') await act(game, word, rest);
  }
}

async function act(game: Game, word: string, rest: readonly string[]): Promise<void> {
  const verb = verbOf(word);
  if (verb) await verb.run(game, rest);
  else game.say(word === 'help' ? helpLines() : [`"${word}" means nothing here; "help" tells what does.`]);
}

async function* typedLines(): AsyncGenerator<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' });
  try {
    terminal.prompt();
    for await (const line of terminal) {
      yield line;
      terminal.prompt();
    }
  } finally {
    terminal.close();
  }
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`a whole number from ${min} to ${max} is needed.`);
    return value;
  };
}

const program = new Command('play')
  .description('Plays the sample game in this terminal.')
  .option('--host <host>', 'where the net node is', '127.0.0.1')
  .option('--port <port>', "the net node's port; FIREFLY_PORT_OFFSET is added", whole(1, 65_535), 11009)
  .option('--username <name>', 'account and role, made at the first time; 4 to 11 characters', 'firefly')
  .option('--password <word>', '4 to 11 characters', 'firefly')
  .option('--profession <n>', 'of a new role, 1 to 6', whole(1, 6), 1)
  .option('--blow <ms>', 'between two blows of a battle', whole(0, 10_000), 400)
  .option('--do <verbs>', 'what to do, with ";" between, instead of what is typed')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

if (require.main === module) {
  main(program.parse().opts<Options>()).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exit(1);
    },
  );
}
