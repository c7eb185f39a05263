/**
 * A session of several players with the game: every reply is held to its shape, and all that is said can be written down.
 *
 * With `FIREFLY_TRANSCRIPT=PATH` in the environment it is: a line a request, a line a reply, without passwords.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { connectClient, type Frame, type GameClient } from '../../../helpers/client';
import type { Cluster } from '../../../helpers/cluster';
import { type Gift, PlaygroundPlayer, type Reply } from '../playground';
import { differences, type Shape } from './shape';
import { PUSHES, type Replies, SHAPES, UNREACHABLE } from './shapes';

/** Characters of a reply that the transcript shows. */
const SHOWN = 1500;

export type Outcome = keyof Replies | 'pushed';

type Request = Readonly<Record<string, unknown>>;

export class Tour implements AsyncDisposable {
  /** What was seen of each command, all of it in its shape. */
  readonly seen = new Map<number, Set<Outcome>>();
  readonly #cluster: Cluster;
  readonly #clients: GameClient[] = [];
  readonly #lines: string[] = [];
  #speaker = '';

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** @param label who it is in the transcript */
  async connect(name: string, label = name): Promise<Tourist> {
    const pushes: Frame[] = [];
    const onPush = (frame: Frame) => {
      pushes.push(frame);
      this.#say(label, `${frame.command} <- ${frame.text}`);
    };
    const client = await connectClient({ port: this.#cluster.port(11009), deadlineMs: 60_000, onPush });
    this.#clients.push(client);
    return new Tourist(name, label, client, pushes, this);
  }

  /** One request and its reply. @throws AssertionError when the reply is not as it must be for that outcome */
  async exchange({ label, client }: Tourist, command: number, request: Request, outcome: keyof Replies): Promise<Reply> {
    this.#say(label, `${command} -> ${JSON.stringify('password' in request ? { ...request, password: '***' } : request)}`);
    const frame = await client.request(command, request);
    this.#say(label, `${command} <- ${shown(frame.text)}`);
    const shape = SHAPES[command]?.[outcome] ?? UNREACHABLE[command];
    return this.#check(frame, shape, outcome);
  }

  /** What came unasked to a connection that has ended since. @throws AssertionError when it is not this, in its shape */
  async wasPushed({ client, pushes }: Tourist, command: number): Promise<void> {
    await client.closed;
    assert.deepEqual(
      pushes.map((push) => push.command),
      [command],
    );
    for (const push of pushes) this.#check(push, PUSHES[command], 'pushed');
  }

  note(text: string): void {
    this.#lines.push(`# ${text}`);
    this.#speaker = '';
  }

  /** The end of it: writes the transcript, if one is wanted. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client.close();
    const path = process.env.FIREFLY_TRANSCRIPT;
    if (path) writeFileSync(path, `${this.#lines.join('\n')}\n`);
  }

  #check({ command, text }: Frame, shape: Shape | undefined, outcome: Outcome): Reply {
    assert.ok(shape, `there is a shape for ${command}`);
    assert.match(text, /^[ -~]*$/, `${command}: everything beyond ASCII is escaped`);
    const reply = JSON.parse(text) as Reply;
    assert.deepEqual(differences(shape, reply), [], `${command} ${outcome}: ${text.slice(0, SHOWN)}`);
    this.seen.set(command, (this.seen.get(command) ?? new Set()).add(outcome));
    return reply;
  }

  #say(label: string, line: string): void {
    if (this.#speaker !== label) this.note(label);
    this.#speaker = label;
    this.#lines.push(line);
  }
}

/** Somebody with a connection, in the game or not yet. */
export class Tourist {
  characterId = 0;

  constructor(
    readonly name: string,
    readonly label: string,
    readonly client: GameClient,
    readonly pushes: readonly Frame[],
    readonly tour: Tour,
  ) {}

  async does<Data = Readonly<Record<string, unknown>>>(command: number, fields: object = {}): Promise<Data> {
    return (await this.tour.exchange(this, command, this.#with(fields), 'done')).data as Data;
  }

  /** @param message the very words, when they are given */
  async isRefused(command: number, fields: object = {}, message?: string): Promise<void> {
    const reply = await this.tour.exchange(this, command, this.#with(fields), 'refused');
    if (message !== undefined) assert.equal(reply.message, message, `${command} ${JSON.stringify(fields)}`);
  }

  /** Logs in, makes a role if there is none, and enters. */
  async enters(profession = 1): Promise<void> {
    const { hasRole, characterId } = await this.does<{ hasRole: boolean; characterId: number }>(101, credentials(this.name));
    if (hasRole) this.characterId = characterId;
    else this.characterId = (await this.does<{ newCharacterId: number }>(102, { rolename: this.name, profession })).newCharacterId;
    await this.does(103);
  }

  /** What the game itself gives nobody so soon. It stands in the transcript as a note. */
  async isGiven(gift: Gift): Promise<void> {
    this.tour.note(`${this.label} is given ${JSON.stringify(gift)}`);
    await this.#behindTheScenes().grant(gift);
  }

  /** What was written until now is in the database afterwards, where rankings are read. */
  async waitsForTheDatabase(): Promise<void> {
    await this.#behindTheScenes().rows('SELECT 1');
  }

  #behindTheScenes(): PlaygroundPlayer {
    return new PlaygroundPlayer(this.client, this.name, this.characterId);
  }

  #with(fields: object): Request {
    return this.characterId ? { characterId: this.characterId, ...fields } : { ...fields };
  }
}

export function credentials(name: string, password = `${name}-pw`): { username: string; password: string } {
  return { username: name, password };
}

function shown(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)} … (${text.length} characters)`;
}
