/** A cluster of a project that a test edits and reloads: net, gate and two game nodes. Request 300 is answered by game1, 301 by game2. */
import assert from 'node:assert/strict';
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, type ClusterOptions, startCluster } from '../../helpers/cluster';
import { http } from '../../helpers/http';
import { type Project, twoGames } from '../../helpers/project';

export interface ReloadAnswer {
  readonly ok: boolean;
  readonly changed: boolean;
  readonly message: string;
  readonly nodes: Record<string, NodeAnswer>;
}

export interface NodeAnswer {
  readonly ok: boolean;
  readonly codeVersion?: string;
  readonly prepareMs?: number;
  readonly swapMs?: number;
  readonly failures?: readonly { file: string; line: number; message: string }[];
}

export class ReloadWorld implements AsyncDisposable {
  readonly #players: GameClient[] = [];

  private constructor(
    readonly project: Project,
    readonly cluster: Cluster,
  ) {}

  /** @param files in place of those of `twoGames` @param sections of the config in place of its own */
  static async start(
    files: Readonly<Record<string, string>> = {},
    sections: Readonly<Record<string, unknown>> = {},
    options: ClusterOptions = {},
  ): Promise<ReloadWorld> {
    const project = twoGames(files);
    try {
      project.configure(sections);
      return new ReloadWorld(project, await startCluster(project.path('config.json'), options));
    } catch (error) {
      project[Symbol.dispose]();
      throw error;
    }
  }

  async player(): Promise<GameClient> {
    const player = await connectClient({ port: this.cluster.port(10001), header: ZERO_HEADER, deadlineMs: 20_000 });
    this.#players.push(player);
    return player;
  }

  /** Writes a source or a table, and builds it. */
  edit(file: string, text: string): void {
    this.project.edit(file, text, { build: true });
  }

  async reload(path = '/reload', method = 'POST'): Promise<{ status: number; answer: ReloadAnswer }> {
    const { status, json } = await http({ port: this.cluster.port(9998), path, method, deadlineMs: 60_000 });
    return { status, answer: json() as ReloadAnswer };
  }

  /** Reloads, and fails the test when it is refused. */
  async reloaded(path = '/reload'): Promise<ReloadAnswer> {
    const { status, answer } = await this.reload(path);
    assert.equal(status, 200, JSON.stringify(answer));
    return answer;
  }

  /** Of each node that has one. */
  async versions(): Promise<Record<string, string | undefined>> {
    const { nodes } = await this.cluster.status();
    return Object.fromEntries(Object.entries(nodes).map(([name, { codeVersion }]) => [name, codeVersion]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const player of this.#players) player.close();
    await this.cluster[Symbol.asyncDispose]();
    this.project[Symbol.dispose]();
  }
}

/** A source for `text.ts`, and code in front of it that runs in one node only. */
export function textWith(text: string, node?: string, code = ''): string {
  const special = node === undefined ? '' : `if (process.argv[2] === '${node}') {\n${code}\n}\n`;
  return `import 'firefly-ts';\n${special}export const text = '${text}';\n`;
}
