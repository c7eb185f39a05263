/**
 * A client of the game, for trying and for tests: `npm run client -- 100 Ada` sends command 100 with that payload and shows the answer.
 *
 * A frame is a header of 17 bytes and the payload: five magic bytes, a version, the payload's length plus 4, the command; all zero where the server sets no other.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEADER_BYTES = 17;
const NET_PORT = 11009;
const DEADLINE_MS = 10_000;

export class Client {
  readonly #socket: Socket;
  #unread = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#unread = Buffer.concat([this.#unread, chunk]);
    });
  }

  static async connect(port: number): Promise<Client> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Client(socket);
  }

  /** Sends a command and returns the next answer. @throws Error when none comes in time, or the connection ends */
  async ask(command: number, payload: string): Promise<string> {
    const data = Buffer.from(payload);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(data.length + 4, 9);
    header.writeUInt32BE(command, 13);
    this.#socket.write(Buffer.concat([header, data]));
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    for (;;) {
      const length = this.#unread.length < HEADER_BYTES ? undefined : HEADER_BYTES + this.#unread.readUInt32BE(9) - 4;
      if (length !== undefined && this.#unread.length >= length) {
        const answer = this.#unread.subarray(HEADER_BYTES, length).toString();
        this.#unread = this.#unread.subarray(length);
        return answer;
      }
      if (this.#socket.closed) throw new Error('the server closed the connection');
      await Promise.race([once(this.#socket, 'data', { signal: deadline }), once(this.#socket, 'close', { signal: deadline })]);
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

async function main([command, ...words]: readonly string[]): Promise<void> {
  if (!/^\d+$/.test(command ?? '')) throw new Error('usage: npm run client -- COMMAND [PAYLOAD], such as: npm run client -- 100 Ada');
  const client = await Client.connect(NET_PORT + Number(process.env.FIREFLY_PORT_OFFSET ?? 0));
  console.log(await client.ask(Number(command), words.join(' ')));
  client.close();
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
