/** One player of the run: logs in once, asks without end, and knows what must have come of it. */
import { connectClient, type Frame, GAME_HEADER, type GameClient } from '../lib/gameclient';
import { COMMANDS, PUSHED } from './game/commands';
import type { Tally } from './tally';

interface Reply {
  readonly result: boolean;
  readonly message?: string;
  readonly data?: Record<string, unknown>;
}

/** Which commands, in turn: most read, some write, some are answered by a push beside the answer. */
const TURNS = [COMMANDS.status, COMMANDS.earn, COMMANDS.status, COMMANDS.gain, COMMANDS.status, COMMANDS.push] as const;
/** What a net node pushes before it goes. */
const LEAVES = 906;
const LOGIN_MS = 60_000;
/** Longer than anything may take that is not lost. */
const ANSWER_MS = 30_000;

export class Player {
  /** Acknowledged changes. */
  earned = 0;
  gained = 0;
  characterId = 0;
  readonly #name: string;
  readonly #tally: Tally;
  readonly #client: GameClient;
  /** Pushes asked for and acknowledged, and not seen yet; or seen before their answer. */
  readonly #pushed = new Set<number>();
  #lastPush = -1;
  #n = 0;
  #turn: number;
  #isOver = false;
  #isBroken = false;

  private constructor(name: string, tally: Tally, client: (onPush: (frame: Frame) => void) => GameClient) {
    this.#name = name;
    this.#tally = tally;
    this.#turn = name.length;
    this.#client = client((frame) => this.#push(frame));
  }

  static async connect(port: number, name: string, tally: Tally): Promise<Player> {
    let onPush: (frame: Frame) => void = () => {};
    const client = await connectClient({ port, header: GAME_HEADER, deadlineMs: LOGIN_MS, onPush: (frame) => onPush(frame) });
    return new Player(name, tally, (fn) => {
      onPush = fn;
      return client;
    });
  }

  /** Logs in, creates the role when there is none, enters. @throws Error when one is refused */
  async enter(): Promise<void> {
    const login = await this.#ask(101, { username: this.#name, password: this.#name });
    this.characterId = Number(login.data?.characterId);
    if (!login.data?.hasRole) {
      const created = await this.#ask(102, { userId: login.data?.userId, rolename: this.#name, profession: 1 });
      this.characterId = Number(created.data?.newCharacterId);
    }
    await this.#ask(103, { characterId: this.characterId });
    void this.#client.closed.then(() => {
      if (this.#isOver) return;
      this.#isBroken = true;
      this.#tally.connectionsBroken += 1;
    });
  }

  /** Sends the next request. Settles when it is answered, or lost. */
  async request(): Promise<void> {
    if (this.#isBroken) return;
    const command = TURNS[this.#turn++ % TURNS.length] ?? COMMANDS.status;
    const n = this.#n++;
    const tally = this.#tally;
    tally.sent += 1;
    if (command === COMMANDS.push) tally.pushesAsked += 1;
    const began = performance.now();
    let frame: Frame;
    try {
      frame = await this.#client.request(command, { n }, ANSWER_MS);
    } catch {
      // Not answered: the tally sees it in its sum.
      if (command === COMMANDS.push) tally.pushesAsked -= 1;
      return;
    }
    tally.answer(command, performance.now() - began);
    const reply = JSON.parse(frame.text) as Reply;
    if (!reply.result) {
      tally.failed(`${command}: ${reply.message}`);
      if (command === COMMANDS.push) tally.pushesAsked -= 1;
      return;
    }
    if (command === COMMANDS.earn) this.earned += 1;
    if (command === COMMANDS.gain) this.gained += 1;
    if (command !== COMMANDS.status && reply.data?.n !== n) tally.misplaced += 1;
  }

  /** From now on the end of its connection is no fault. */
  rest(): void {
    this.#isOver = true;
  }

  /** Ends the connection in order: the player is saved. */
  async leave(): Promise<void> {
    this.#isOver = true;
    await this.#client.close();
  }

  #push({ command, text }: Frame): void {
    if (command !== PUSHED) {
      if (command === LEAVES && this.#isOver) this.#tally.told += 1;
      else this.#tally.duplicates += 1;
      return;
    }
    const n = Number(text);
    if (this.#pushed.has(n) || n <= this.#lastPush) this.#tally.pushDuplicates += 1;
    else this.#tally.pushesReceived += 1;
    this.#pushed.add(n);
    this.#lastPush = Math.max(this.#lastPush, n);
  }

  async #ask(command: number, request: object): Promise<Reply> {
    const reply = JSON.parse((await this.#client.request(command, request)).text) as Reply;
    if (!reply.result) throw new Error(`${this.#name}: ${command} was refused: ${reply.message}`);
    return reply;
  }
}
