/** Answers to clients: JSON with everything beyond ASCII escaped, always with `result`, and with a `message` that is always a text. */
import { HIRE, LOGIN } from './commands';

export interface Reply {
  readonly result: boolean;
  readonly message: string;
  readonly data?: object;
}

export function success(data: object, message = ''): Reply {
  return { result: true, message, data };
}

/** For what has nothing to show. */
export function done(message = ''): Reply {
  return { result: true, message };
}

export function failure(message: string): Reply {
  return { result: false, message };
}

/** What clients read in a refusal beside its message. */
const BESIDE = new Map<number, (message: string) => object>([
  [LOGIN, () => ({ data: {} })],
  // The misspelt name is the one that they read.
  [HIRE, (message) => ({ messge: message })],
]);

/** The answer to a command that is refused, the same from whichever node refuses it. */
export function refusal(command: number, message: string): Reply {
  return { ...failure(message), ...BESIDE.get(command)?.(message) };
}

/** The text of a reply. Clients of this game read ASCII only. */
export function encodeReply(reply: Reply): string {
  return JSON.stringify(reply).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
